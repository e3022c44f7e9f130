/** The countries of ISO 3166-1 that a browser can name: it has no list of its own. */
export const COUNTRIES: readonly string[] = (() => {
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");
  // Codes that name no country, or a former one.
  const left = new Set(
    "AC AN BU CP CQ CS DD DG DY EA EU EZ FQ FX HV IC JT MI NH NQ NT PC PU PZ QO RH SU TA TP UK UN VD WK XA XB XK YD YU ZR ZZ".split(
      " ",
    ),
  );
  return letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => !left.has(code) && names.of(code) !== undefined);
})();
