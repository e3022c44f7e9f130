/** A bar of a share from 0 to 1; the number stands beside it. */
export function Bar({ share, className = "h-1.5" }: { share: number; className?: string }) {
  return (
    <div aria-hidden="true" className={`overflow-hidden rounded-full bg-sunken ${className}`}>
      <div
        className="h-full rounded-full bg-brand"
        style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }}
      />
    </div>
  );
}
