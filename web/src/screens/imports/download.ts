/** Offers a file of the API to save, byte by byte as it was sent. */
export async function download(
  response: Promise<{ blob: () => Promise<Blob> }>,
  name: string,
): Promise<void> {
  const url = URL.createObjectURL(await (await response).blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
