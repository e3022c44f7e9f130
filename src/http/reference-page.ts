// The interactive API reference. The page and its script come from this Worker, and its policy allows no other host.

export const referencePage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Mostrador API</title>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <script
      id="api-reference"
      data-url="/openapi.json"
      data-configuration='{"withDefaultFonts":false,"hideClientButton":true,"showDeveloperTools":"never","telemetry":false,"agent":{"disabled":true},"mcp":{"disabled":true}}'
    ></script>
    <script src="/docs/reference.js"></script>
  </body>
</html>
`;

export const referencePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");
