// One product: its fields, cover, stock and moves.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { mostrador } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useWords } from "../../i18n/words.ts";
import { linkButton } from "../../parts/link-button.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { Screen } from "../../shell/screen.tsx";
import { CoverCard } from "./cover-card.tsx";
import { Editor } from "./editor.tsx";
import { FiguresCard } from "./figures-card.tsx";
import { MovesCard } from "./moves-card.tsx";
import { StockCard } from "./stock-card.tsx";
import { productWords } from "./words.ts";

export default function ProductScreen() {
  const w = useWords(productWords);
  const { catalogue, loading } = useWords(common);
  const { id } = useParams({ from: "/catalogue/$id" });
  const product = useQuery({
    queryKey: ["products", "one", id],
    queryFn: ({ signal }) => mostrador.getProduct(id, { signal }),
  });
  return (
    <Screen
      title={product.data?.title ?? catalogue}
      subtitle={product.data?.author ?? catalogue}
      actions={
        <Link to="/catalogue" className={linkButton.secondary}>
          {w.back}
        </Link>
      }
    >
      <Loaded
        query={product}
        skeleton={<div role="status" aria-label={loading} className="skeleton h-[80dvh] rounded-2xl" />}
      >
        {(data) => (
          <div className="grid items-start gap-4 @min-[58rem]:grid-cols-[1fr_20rem]">
            <Editor key={data.id} product={data} />
            <div className="flex min-w-0 flex-col gap-4">
              <FiguresCard product={data} />
              <CoverCard product={data} />
              <StockCard key={data.id} product={data} />
              <MovesCard product={data} />
            </div>
          </div>
        )}
      </Loaded>
    </Screen>
  );
}
