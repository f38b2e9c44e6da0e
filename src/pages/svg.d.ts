/** The bundler hands a diagram over as its text. */
declare module '*.svg' {
  const text: string;
  export default text;
}
