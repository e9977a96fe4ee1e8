// Reads what Bitbucket's own OpenAPI description says of an object, from the types that were generated of it.
// Arguments: node_modules, names of schemas. Writes the properties of each, with their enumeration or the kind of their value.
const [modules, ...names] = process.argv.slice(2);
const ts = require(`${modules}/typescript`);
const file = `${modules}/@coderabbitai/bitbucket/dist/cloud/openapi/openapi-typescript.d.ts`;
const source = ts.createSourceFile("api.d.ts", require("fs").readFileSync(file, "utf8"), ts.ScriptTarget.Latest, false);
const text = node => source.text.slice(node.pos, node.end).trim();
const kind = type => (ts.isUnionTypeNode(type) ? type.types.map(one => one.literal.text) : text(type));
const properties = (node, found) => {
  if (ts.isPropertySignature(node)) found[node.name.text] = kind(node.type);
  else ts.forEachChild(node, one => void properties(one, found));
  return found;
};
const member = (node, name) => node.members.find(one => one.name.text === name);
const root = source.statements.find(one => one.name && one.name.text === "components");
const schemas = member(root, "schemas").type;
console.log(JSON.stringify(Object.fromEntries(names.map(name => [name, properties(member(schemas, name).type, {})]))));
