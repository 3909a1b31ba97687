declare module '*.svg' {
  /** The picture's markup. */
  const text: string;
  export default text;
}
