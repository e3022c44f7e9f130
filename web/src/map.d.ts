declare module "virtual:map" {
  type CountryPath = [code: string, path: string];
  const maps: { width: number; height: number; europe: CountryPath[]; world: CountryPath[] };
  export default maps;
}
