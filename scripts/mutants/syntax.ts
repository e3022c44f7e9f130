// Walks the syntax tree of a TypeScript module.
import { parseAst } from "vitest/node";

export type Node = { type: string; start: number; end: number; [key: string]: unknown };

export const isNode = (value: unknown): value is Node =>
  typeof value === "object" &&
  value !== null &&
  "type" in value &&
  typeof value.type === "string" &&
  "start" in value;

/** A child that is one node. */
export const child = (node: Node, key: string): Node | undefined => {
  const value = node[key];
  return isNode(value) ? value : undefined;
};

/** A child that is a list of nodes; holes are left out. */
export const children = (node: Node, key: string): Node[] => {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
};

export const text = (node: Node | undefined, key: string): string => {
  const value = node?.[key];
  return typeof value === "string" ? value : "";
};

export function parse(source: string): Node {
  const tree: unknown = parseAst(source, { lang: "ts" });
  if (!isNode(tree)) throw new Error("The parser returned no tree.");
  return tree;
}

/** The name of what is called: `b` for `a.b(...)`. */
export function calledName(node: Node): string {
  const callee = child(node, "callee");
  if (!callee) return "";
  return callee.type === "MemberExpression" ? text(child(callee, "property"), "name") : text(callee, "name");
}

// They hold expressions; other nodes of this prefix are types.
const EXPRESSIONS = new Set(["TSAsExpression", "TSNonNullExpression", "TSSatisfiesExpression"]);

/** Where a node is: its ancestors, the nearest last, and the name of the top declaration that contains it. */
export type Position = { ancestors: Node[]; declaration: string; isInFunction: boolean };

const isFunction = ({ type }: Node): boolean => /^(Function|ArrowFunction)/.test(type);

// They call what they are given before they return.
const ITERATES = /^(every|filter|find|flatMap|forEach|from|groupBy|map|reduce|some|toSorted)$/;

/** Whether code within the node runs later than the node itself. */
const isLater = (node: Node, { ancestors }: Position): boolean => {
  const parent = ancestors.at(-1);
  const isCalled = parent?.type === "CallExpression" && ITERATES.test(calledName(parent));
  return isFunction(node) && !isCalled;
};

const nameOf = (node: Node): string => text(child(node, "id"), "name");

/** Calls `visit` for each node that runs; the children of a node for which it returns false are left out. */
export function walk(
  node: Node,
  visit: (node: Node, position: Position) => boolean,
  position: Position = { ancestors: [], declaration: "", isInFunction: false },
): void {
  if (/^(Import|TS|ExportAll)/.test(node.type) && !EXPRESSIONS.has(node.type)) return;
  if (!visit(node, position)) return;
  const isNamed = /^(VariableDeclarator|FunctionDeclaration|ClassDeclaration|MethodDefinition)$/.test(
    node.type,
  );
  const below: Position = {
    ancestors: [...position.ancestors, node],
    declaration: position.declaration === "" && isNamed ? nameOf(node) : position.declaration,
    isInFunction: position.isInFunction || isLater(node, position),
  };
  for (const [key, value] of Object.entries(node))
    if (!/^(typeAnnotation|returnType|typeArguments|typeParameters|superTypeArguments)$/.test(key))
      for (const each of Array.isArray(value) ? value : [value]) if (isNode(each)) walk(each, visit, below);
}
