// Modules of the web app and the storefront that tests run without a browser find the SDK as their builds do. Imported before they are.
import { registerHooks } from "node:module";

const SDK = new URL("../../../sdk/src/index.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) => next(specifier === "@mostrador/sdk" ? SDK : specifier, context),
});
