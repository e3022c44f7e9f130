import { BookIcon } from "../../parts/icons.tsx";

/** Covers of other hosts are not loaded: the Content-Security-Policy allows images of this origin only. */
const isLocal = (url: string): boolean => URL.parse(url, location.href)?.origin === location.origin;

/** The cover of a product, or a sign in its stead. It is decoration: the title stands beside it. */
export function Cover({ url, className = "size-10" }: { url: string | null; className?: string }) {
  const box = `shrink-0 rounded-lg ${className}`;
  if (url !== null && isLocal(url))
    return <img src={url} alt="" loading="lazy" className={`${box} bg-sunken object-cover`} />;
  return (
    <span
      aria-hidden="true"
      className={`${box} inline-flex items-center justify-center bg-sunken text-muted`}
    >
      <BookIcon />
    </span>
  );
}
