import type { Product } from "@mostrador/sdk";
import { useFormats } from "../../i18n/formats.ts";
import { unitName } from "../product/units.ts";
import { barcodeOf } from "../../lists/barcode.ts";
import { Bars } from "../../lists/bars.tsx";

/** A price label: title, price and barcode. */
export function Label({ product, shop }: { product: Product; shop: string }) {
  const f = useFormats();
  const barcode = barcodeOf(product.barcodes[0] ?? product.isbn ?? product.sku);
  return (
    <div className="label">
      <p className="label-title">{product.title}</p>
      <p className="label-price">
        {f.money(product.price)}
        {product.unit !== "piece" && <small> /{unitName(product.unit)}</small>}
      </p>
      {barcode && (
        <div className="label-bars">
          <Bars barcode={barcode} />
        </div>
      )}
      <p className="label-foot">
        <span>{barcode?.text ?? product.sku}</span>
        <span>{shop}</span>
      </p>
    </div>
  );
}
