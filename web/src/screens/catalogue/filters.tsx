import type { Facets } from "@mostrador/sdk";
import { useEffect, useState, type FormEvent } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useLanguage } from "../../i18n/language.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field, SelectField } from "../../parts/field.tsx";
import { catalogueSearch, SORTS, type CatalogueSearch } from "./search.ts";
import { catalogueWords } from "./words.ts";

type FiltersProps = {
  search: CatalogueSearch;
  facets: Facets | null;
  onChange: (change: Record<string, unknown>) => void;
};

type Option = { value: string; label: string };

/** The values of a facet, with their counts where no text narrows the list, and the one that is chosen. */
function optionsOf(
  values: readonly { value: string; count: number }[],
  chosen: string | undefined,
  label: (value: string, count: number | null) => string,
): Option[] {
  const options = values.map(({ value, count }) => ({ value, label: label(value, count) }));
  const isListed = chosen === undefined || values.some(({ value }) => value === chosen);
  return isListed ? options : [{ value: chosen, label: label(chosen, null) }, ...options];
}

function Choice({
  label,
  options,
  value,
  onChange,
}: {
  label: string;
  options: Option[];
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  const w = useWords(catalogueWords);
  return (
    <SelectField
      label={label}
      value={value ?? ""}
      onChange={({ target }) => onChange(target.value === "" ? undefined : target.value)}
    >
      <option value="">{w.any}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </SelectField>
  );
}

export function Filters({ search, facets, onChange }: FiltersProps) {
  const w = useWords(catalogueWords);
  const f = useFormats();
  const appLanguage = useLanguage();
  const [text, setText] = useState(search.q ?? "");
  useEffect(() => setText(search.q ?? ""), [search.q]);

  const counted = (name: string, count: number | null): string =>
    count === null || search.q !== undefined ? name : `${name} (${f.number(count)})`;
  const languages = new Intl.DisplayNames(appLanguage, { type: "language" });
  const languageName = (tag: string): string => {
    try {
      return languages.of(tag) ?? tag;
    } catch {
      return tag;
    }
  };
  const bands = (facets?.price ?? []).map(({ min, max, count }) => ({
    value: `${min}-${max}`,
    label: counted(min === max ? f.money(min) : `${f.money(min)} – ${f.money(max)}`, count),
  }));
  const band =
    search.price_min === undefined && search.price_max === undefined
      ? undefined
      : `${search.price_min ?? 0}-${search.price_max ?? ""}`;
  if (band !== undefined && !bands.some(({ value }) => value === band))
    bands.push({
      value: band,
      label: `${f.money(search.price_min ?? 0)} – ${search.price_max === undefined ? "" : f.money(search.price_max)}`,
    });
  const chooseBand = (value: string | undefined): void => {
    const [min, max] = value?.split("-") ?? [];
    onChange({
      price_min: min === undefined ? undefined : Number(min),
      price_max: max === undefined || max === "" ? undefined : Number(max),
    });
  };
  const sortName = (sort: (typeof SORTS)[number]): string => (sort === "price" ? w.priceUp : w[sort]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onChange({ q: text.trim() === "" ? undefined : text.trim() });
  };
  const isFiltered = Object.keys(catalogueSearch({ ...search, sort: undefined })).length > 0;

  return (
    <Card>
      <form role="search" aria-label={w.filters} onSubmit={submit} className="flex flex-col gap-4">
        <div className="flex flex-wrap items-end gap-3">
          <div className="min-w-0 flex-1 basis-60">
            <Field
              label={w.search}
              type="search"
              value={text}
              placeholder={w.searchHint}
              onChange={({ target }) => {
                setText(target.value);
                if (target.value === "") onChange({ q: undefined });
              }}
            />
          </div>
          <Button type="submit" kind="primary">
            {w.search}
          </Button>
        </div>
        <div className="grid grid-cols-1 gap-3 @min-[17rem]:grid-cols-2 @min-[44rem]:grid-cols-4 @min-[62rem]:grid-cols-7">
          <Choice
            label={w.category}
            options={optionsOf(facets?.category ?? [], search.category, counted)}
            value={search.category}
            onChange={(category) => onChange({ category })}
          />
          <Choice
            label={w.author}
            options={optionsOf(facets?.author ?? [], search.author, counted)}
            value={search.author}
            onChange={(author) => onChange({ author })}
          />
          <Choice
            label={w.language}
            options={optionsOf(facets?.language ?? [], search.language, (tag, count) =>
              counted(languageName(tag), count),
            )}
            value={search.language}
            onChange={(language) => onChange({ language })}
          />
          <Choice label={w.price} options={bands} value={band} onChange={chooseBand} />
          <Choice
            label={w.stock}
            options={[
              { value: "in", label: w.inStock },
              { value: "out", label: w.outOfStock },
            ]}
            value={search.stock}
            onChange={(stock) => onChange({ stock })}
          />
          {search.q === undefined && (
            <>
              <SelectField
                label={w.visibility}
                value={search.hidden ? "hidden" : "visible"}
                onChange={({ target }) => onChange({ hidden: target.value === "hidden" || undefined })}
              >
                <option value="visible">{w.visible}</option>
                <option value="hidden">{w.hidden}</option>
              </SelectField>
              <SelectField
                label={w.sort}
                value={search.sort ?? SORTS[0]}
                onChange={({ target }) => onChange({ sort: target.value })}
              >
                {SORTS.map((sort) => (
                  <option key={sort} value={sort}>
                    {sortName(sort)}
                  </option>
                ))}
              </SelectField>
            </>
          )}
        </div>
        {isFiltered && (
          <div>
            <Button
              kind="quiet"
              onClick={() =>
                onChange({
                  q: undefined,
                  category: undefined,
                  author: undefined,
                  language: undefined,
                  price_min: undefined,
                  price_max: undefined,
                  stock: undefined,
                  hidden: undefined,
                })
              }
            >
              {w.clear}
            </Button>
          </div>
        )}
      </form>
    </Card>
  );
}
