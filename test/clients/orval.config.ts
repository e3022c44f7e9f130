type Bodies = { paths: Record<string, { post?: { requestBody?: { content: Record<string, unknown> } } }> };

/** Orval sends the fields of a form as they are where a body has other types of content too, so its client takes CSV only. */
function withoutForms<T extends Bodies>(document: T): T {
  const content = document.paths["/api/v1/imports"]?.post?.requestBody?.content;
  delete content?.["multipart/form-data"];
  return document;
}

export default {
  mostrador: {
    input: { target: "../../openapi.json", override: { transformer: withoutForms } },
    output: {
      target: "generated/orval/client.ts",
      schemas: "generated/orval/model",
      client: "fetch",
      mode: "tags-split",
    },
  },
};
