import { type Barcode, pathOf } from "./barcode.ts";

// The white that a scanner needs on either side, in modules.
const QUIET = 10;

/** The bars of a barcode, as wide and high as its container. */
export const Bars = ({ barcode: { text, bits } }: { barcode: Barcode }) => (
  <svg
    role="img"
    aria-label={text}
    viewBox={`${-QUIET} 0 ${bits.length + 2 * QUIET} 1`}
    preserveAspectRatio="none"
    shapeRendering="crispEdges"
    className="size-full"
  >
    <path d={pathOf(bits)} />
  </svg>
);
