// Vite imports the text of a file with this suffix.
declare module "*?raw" {
  const text: string;
  export default text;
}
