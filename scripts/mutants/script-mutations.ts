// The mutations of TypeScript: borders, guards, conditions, rounding, constants, roles, awaits, and what a batch leaves out.
import type { Edit } from "./sql-mutations.ts";
import { calledName, child, children, isNode, type Node, type Position, text } from "./syntax.ts";

/** A mutation, and the node whose evaluation it changes: an expression, or a statement. */
export type Change = Edit & { target: Node };

const BORDERS: Record<string, string> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };
const OPPOSITES: Record<string, string> = { "+": "-", "-": "+", "*": "/", "/": "*" };
const ROUNDING: Record<string, string> = {
  floor: "ceil",
  ceil: "floor",
  round: "floor",
  trunc: "ceil",
  min: "max",
  max: "min",
};
const LOWER_ROLE: Record<string, string> = { admin: "employee", employee: "customer", customer: "public" };
// What a list of statements is made of, so that an array of them is known by its items.
const STATEMENT_CALLS =
  /^(emit|audit|storeResponse|mark\w*|store\w*|insert\w*|delete\w*|close\w*|revoke\w*|count\w*|returning)$/;

const whole = (kind: string, node: Node, replacement: string): Change => ({
  kind,
  target: node,
  start: node.start,
  end: node.end,
  text: replacement,
});

const kindOfStatement = (source: string): string => {
  if (/^(\.\.\.)?\W*emit\w*\(/.test(source)) return "event";
  return /^(\.\.\.)?\W*audit\w*\(/.test(source) ? "audit" : "statement";
};

const isStatement = (item: Node): boolean => {
  const value = item.type === "SpreadElement" ? child(item, "argument") : item;
  if (!value) return false;
  if (value.type === "TaggedTemplateExpression") return text(child(value, "tag"), "name") === "sql";
  return value.type === "CallExpression" && STATEMENT_CALLS.test(calledName(value));
};

/** Lists of statements lose one after another; a handle stays, because its rows are read. */
function dropStatements(node: Node, { ancestors }: Position, source: string): Change[] {
  const items = children(node, "elements");
  const parent = ancestors.at(-1);
  const isBatch = parent?.type === "CallExpression" && calledName(parent) === "batch";
  if (!isBatch && !items.some(isStatement)) return [];
  return items
    .filter(({ type }) => type !== "Identifier")
    .map((item) => {
      const rest = source.slice(item.end, node.end);
      const comma = /^\s*,/.exec(rest)?.[0].length ?? 0;
      const kind = kindOfStatement(source.slice(item.start, item.end));
      return { kind, target: node, start: item.start, end: item.end + comma, text: "" };
    });
}

function mutateCall(node: Node, { isInFunction }: Position, source: string): Change[] {
  const callee = child(node, "callee");
  const [first, ...others] = children(node, "arguments");
  const name = calledName(node);
  if (!callee || !first) return [];
  const isMath = callee.type === "MemberExpression" && text(child(callee, "object"), "name") === "Math";
  if (isMath && name === "abs")
    return [
      {
        kind: "rounding",
        target: node,
        start: node.start,
        end: node.end,
        text: `(${source.slice(first.start, first.end)})`,
      },
    ];
  const other = isMath ? ROUNDING[name] : undefined;
  const property = child(callee, "property");
  if (other && property && (others.length > 0 || !name.startsWith("m")))
    return [{ kind: "rounding", target: node, start: property.start, end: property.end, text: other }];
  const role = name === "operation" && !isInFunction ? LOWER_ROLE[text(first, "value")] : undefined;
  return role
    ? [{ kind: "role", target: first, start: first.start, end: first.end, text: JSON.stringify(role) }]
    : [];
}

const isText = (node: Node): boolean =>
  node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node["value"] === "string");

function mutateBinary(node: Node, { ancestors }: Position, source: string): Change[] {
  const [left, right] = [child(node, "left"), child(node, "right")];
  const operator = text(node, "operator");
  if (!left || !right) return [];
  const at = source.indexOf(operator, left.end);
  const border = BORDERS[operator];
  const opposite = OPPOSITES[operator];
  // The type checker refuses to subtract texts.
  if (opposite && ![left, right].some(isText))
    return [{ kind: "arithmetic", target: node, start: at, end: at + 1, text: opposite }];
  // A null or undefined that is compared by === is a type check.
  const isEquality =
    (operator === "===" || operator === "!==") &&
    !ancestors.some(({ type }) => type === "IfStatement" || type === "ConditionalExpression");
  if (isEquality)
    return [
      { kind: "condition", target: node, start: at, end: at + 3, text: operator === "===" ? "!==" : "===" },
    ];
  if (!border) return [];
  const moved: Change = { kind: "border", target: node, start: at, end: at + operator.length, text: border };
  const value = right.type === "Literal" ? right["value"] : undefined;
  if (typeof value !== "number") return [moved];
  return [
    moved,
    { kind: "constant", target: node, start: right.start, end: right.end, text: String(value + 1) },
  ];
}

function mutateLogical(node: Node, source: string): Change[] {
  const [left, right] = [child(node, "left"), child(node, "right")];
  if (!left || !right) return [];
  if (text(node, "operator") === "??")
    return [whole("default", node, `(${source.slice(right.start, right.end)})`)];
  return [left, right].map((each) => ({
    kind: "logic",
    target: node,
    start: node.start,
    end: node.end,
    text: `(${source.slice(each.start, each.end)})`,
  }));
}

/** `const NAME = 500` becomes 501. */
function mutateConstant(node: Node): Change[] {
  const value = child(node, "init");
  const number = value?.type === "Literal" ? value["value"] : undefined;
  if (!value || typeof number !== "number" || !/^[A-Z][A-Z_0-9]+$/.test(text(child(node, "id"), "name")))
    return [];
  return [{ kind: "constant", target: value, start: value.start, end: value.end, text: String(number + 1) }];
}

/** The mutations of one node, other than those of SQL. */
export function scriptMutations(node: Node, position: Position, source: string): Change[] {
  const of = (part: Node | undefined): string => (part ? source.slice(part.start, part.end) : "");
  switch (node.type) {
    case "ArrayExpression":
      return dropStatements(node, position, source);
    case "CallExpression":
      return mutateCall(node, position, source);
    case "BinaryExpression":
      return mutateBinary(node, position, source);
    case "LogicalExpression":
      return mutateLogical(node, source);
    case "VariableDeclarator":
      return position.isInFunction ? [] : mutateConstant(node);
    case "AwaitExpression":
      return [whole("await", node, `(${of(child(node, "argument"))})`)];
    case "IfStatement": {
      const test = child(node, "test");
      return test
        ? [
            whole(
              node["alternate"] ? "condition" : "guard",
              test,
              node["alternate"] ? `!(${of(test)})` : "false",
            ),
          ]
        : [];
    }
    case "ConditionalExpression": {
      const test = child(node, "test");
      return test ? [whole("condition", test, `!(${of(test)})`)] : [];
    }
    case "ExpressionStatement": {
      const value = child(node, "expression");
      const call = value?.type === "AwaitExpression" ? child(value, "argument") : value;
      return position.isInFunction && value && call?.type === "CallExpression"
        ? [whole("call", value, "undefined")]
        : [];
    }
    case "Property": {
      const value = child(node, "value");
      const flag = value?.type === "Literal" ? value["value"] : undefined;
      return value && typeof flag === "boolean" && position.isInFunction
        ? [whole("flag", value, String(!flag))]
        : [];
    }
    default:
      return [];
  }
}

/** Whether the node declares or describes an operation for the documentation, which no test of behaviour would notice. */
export const isDocumentation = (node: Node): boolean =>
  node.type === "CallExpression" &&
  ["openapi", "describe"].includes(calledName(node)) &&
  isNode(node["callee"]) &&
  children(node, "arguments").every(({ type }) => type !== "ArrowFunctionExpression");
