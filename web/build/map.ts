// Projects the countries at build time, so that the browser loads paths instead of coordinates and a projection.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoConicConformal, geoNaturalEarth1, geoPath, type GeoProjection } from "d3-geo";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { Plugin } from "vite";

const NAME = "virtual:map";
const WIDTH = 1000;
const HEIGHT = 586;
// Smaller countries and islands are less than a pixel of a card.
const MIN_AREA = 2;

type Atlas = Topology<{ countries: GeometryCollection<{ name: string }> }>;
type Path = [code: string, path: string];

const require = createRequire(import.meta.url);

const readAtlas = (detail: "50m" | "110m"): Atlas =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the package documents its format
  JSON.parse(readFileSync(require.resolve(`world-atlas/countries-${detail}.json`), "utf8")) as Atlas;

/** ISO 3166-1 alpha-2 of a numeric code, by the aliases of Unicode; empty for a territory without one. */
function alpha2(numeric: string | number | undefined): string {
  if (numeric === undefined) return "";
  const region = new Intl.Locale(`und-${String(numeric).padStart(3, "0")}`).region ?? "";
  return /^[A-Z]{2}$/.test(region) ? region : "";
}

/** Drops rings of less than an area, and writes coordinates as whole units relative to the last point. */
function compact(path: string): string {
  const rings = path
    .split("M")
    .slice(1)
    .map((ring) =>
      ring
        .replace("Z", "")
        .split("L")
        .map((point) => point.split(",").map((value) => Math.round(Number(value)))),
    );
  return rings
    .flatMap((ring) => {
      const points = ring.filter((point, at) => at === 0 || String(point) !== String(ring[at - 1]));
      const area = points.reduce((sum, [x = 0, y = 0], at) => {
        const [nextX = 0, nextY = 0] = points[(at + 1) % points.length] ?? [];
        return sum + x * nextY - nextX * y;
      }, 0);
      if (points.length < 3 || Math.abs(area) / 2 < MIN_AREA) return [];
      const steps = points.slice(1).map(([x = 0, y = 0], at) => {
        const [lastX = 0, lastY = 0] = points[at] ?? [];
        return `${x - lastX} ${y - lastY}`;
      });
      return [`M${points[0]?.join(" ")}l${steps.join(" ")}z`.replaceAll(" -", "-")];
    })
    .join("");
}

function project(detail: "50m" | "110m", projection: GeoProjection): Path[] {
  const atlas = readAtlas(detail);
  const draw = geoPath(
    projection.clipExtent([
      [0, 0],
      [WIDTH, HEIGHT],
    ]),
  );
  return feature(atlas, atlas.objects.countries).features.flatMap((country): Path[] => {
    const path = country.id === "010" ? "" : compact(draw(country) ?? "");
    return path === "" ? [] : [[alpha2(country.id), path]];
  });
}

/** `virtual:map` has the paths of Europe and of the world in a box of WIDTH to HEIGHT. */
export const map = (): Plugin => ({
  name: "mostrador-map",
  resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
  load(id) {
    if (id !== `\0${NAME}`) return null;
    const europe = geoConicConformal()
      .parallels([36, 60])
      .rotate([-8, 0])
      .center([0, 48])
      .scale(1480)
      .translate([WIDTH / 2, HEIGHT / 2]);
    const world = geoNaturalEarth1()
      .rotate([-10, 0])
      .scale(186)
      .translate([WIDTH / 2, HEIGHT / 2 + 40]);
    const maps = {
      width: WIDTH,
      height: HEIGHT,
      europe: project("50m", europe),
      world: project("110m", world),
    };
    return `export default ${JSON.stringify(maps)}`;
  },
});
