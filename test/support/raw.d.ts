// Vite gives the text of a file where its name ends so.
declare module "*?raw" {
  const text: string;
  export default text;
}
