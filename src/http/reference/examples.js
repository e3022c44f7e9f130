// Makes requests of the OpenAPI document that can be sent as they are: bodies with the required fields, and ids that exist in the shop.

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** The schema, parameter or other component that a reference names. */
function resolve(document, value) {
  if (!isObject(value) || typeof value.$ref !== "string") return value;
  const path = value.$ref.slice(2).split("/");
  const target = path.reduce((parent, name) => parent?.[name], document);
  return { ...resolve(document, target), ...value, $ref: undefined };
}

const byFormat = {
  uuid: () => "019a1b2c-3d4e-7f60-8a1b-2c3d4e5f6071",
  date: () => new Date().toISOString().slice(0, 10),
  "date-time": () => new Date().toISOString(),
  email: () => "ana@example.com",
  uri: () => "https://example.com",
};

const typeOf = ({ type }) => (Array.isArray(type) ? type.find((each) => each !== "null") : type);

function stringExample({ format, pattern, minLength = 0 }) {
  const text = byFormat[format]?.();
  return text ?? (pattern ? "1" : "example").padEnd(minLength, "x");
}

// The example of a field that is unique in the shop may be taken.
const UNIQUE = /^(?:sku|isbn|barcodes|email|slug)$/;

/** An example with the ids of the shop in its fields. */
function withIds(example, idOf) {
  if (Array.isArray(example)) return example.map((each) => withIds(each, idOf));
  if (!isObject(example)) return example;
  return Object.fromEntries(
    Object.entries(example).map(([name, each]) => [name, idOf(name) ?? withIds(each, idOf)]),
  );
}

/** The required fields of an object; of one without any, the first with an example. */
function objectExample(document, { properties = {}, required = [] }, idOf) {
  const isExemplary = (name) =>
    !UNIQUE.test(name) && resolve(document, properties[name])?.example !== undefined;
  const names = required.length > 0 ? required : Object.keys(properties).filter(isExemplary).slice(0, 1);
  return Object.fromEntries(
    names.map((name) => [name, idOf(name) ?? exampleOf(document, properties[name], idOf)]),
  );
}

/** A small value that the schema accepts. `idOf` returns the id for a field such as `product_id`, undefined if there is none. */
export function exampleOf(document, schema, idOf = () => undefined) {
  const resolved = resolve(document, schema) ?? {};
  if (resolved.example !== undefined) return withIds(resolved.example, idOf);
  if (resolved.const !== undefined) return resolved.const;
  if (resolved.enum) return resolved.enum.find((each) => each !== null);
  if (resolved.allOf)
    return Object.assign({}, ...resolved.allOf.map((each) => exampleOf(document, each, idOf)));
  const choices = resolved.oneOf ?? resolved.anyOf;
  if (choices)
    return exampleOf(
      document,
      choices.find((each) => each.type !== "null"),
      idOf,
    );
  const type = typeOf(resolved);
  if (type === "object" || resolved.properties) return objectExample(document, resolved, idOf);
  if (type === "array") return [exampleOf(document, resolved.items, idOf)];
  if (type === "boolean") return true;
  if (type === "string") return stringExample(resolved);
  return type === "integer" || type === "number" ? Math.max(1, resolved.minimum ?? 1) : null;
}

/** `product_id` as `products`, the last segment of the path of its collection. */
const collectionOf = (field) => `${field.replace(/_id$/, "").replaceAll("_", "-")}s`;

/** The collection of a path with an id: `/api/v1/sales/{id}/refunds` belongs to `sales`. */
const collectionOfPath = (path) => /([\w-]+)\/\{id\}/.exec(path)?.[1];

/** The paths of the lists that have an id for a parameter or field of the document, by collection. */
export function listsOf(document) {
  const fields = [...JSON.stringify(document).matchAll(/"([a-z_]+_id)":/g)].map(([, field]) => field);
  const wanted = new Set([
    ...fields.map(collectionOf),
    ...Object.keys(document.paths).map(collectionOfPath).filter(Boolean),
  ]);
  return Object.fromEntries(
    Object.entries(document.paths).flatMap(([path, item]) => {
      const collection = /^\/api\/v1\/([\w-]+)$/.exec(path)?.[1];
      return item.get && wanted.has(collection) ? [[collection, path]] : [];
    }),
  );
}

/** A parameter without a value that nobody has chosen: only required ones have their example. */
function prepareParameter(document, path, parameter, ids, shop) {
  const { schema, ...rest } = resolve(document, parameter);
  const { default: _, ...plain } = resolve(document, schema);
  const name = rest.name.toLowerCase();
  if (name === "x-tenant" && shop !== null) return { ...rest, schema: { ...plain, default: shop } };
  if (!rest.required) return { ...rest, schema: plain };
  const collection = name === "id" ? collectionOfPath(path) : collectionOf(name);
  const value = ids[collection] ?? rest.example ?? exampleOf(document, plain);
  return { ...rest, schema: { ...plain, default: value } };
}

function prepareOperation(document, path, method, operation, ids, shop) {
  const idOf = (field) => (field.endsWith("_id") ? ids[collectionOf(field)] : undefined);
  const prepared = { ...operation };
  if (operation.parameters)
    prepared.parameters = operation.parameters.map((each) =>
      prepareParameter(document, path, each, ids, shop),
    );
  const json = operation.requestBody?.content?.["application/json"];
  const example = json && (json.example ?? exampleOf(document, json.schema, idOf));
  if (json)
    prepared.requestBody = {
      ...operation.requestBody,
      content: { ...operation.requestBody.content, "application/json": { ...json, example } },
    };
  return prepared;
}

/**
 * The document for the page: bodies and required parameters have values that can be sent, all others none. `ids` has an id of each
 * collection, such as `{ products: "019a…" }`; `shop` is the slug for X-Tenant, null if requests are signed in.
 */
export function withExamples(document, ids = {}, shop = null) {
  const paths = Object.fromEntries(
    Object.entries(document.paths).map(([path, item]) => [
      path,
      Object.fromEntries(
        Object.entries(item).map(([method, operation]) => [
          method,
          prepareOperation(document, path, method, operation, ids, shop),
        ]),
      ),
    ]),
  );
  return { ...document, paths };
}
