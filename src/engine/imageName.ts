/** Whether a text looks like a name of an image as the docker command takes it, whole: "localhost:5000/team/app:1". The engine has the last word. */
export function isImageName(text: string): boolean {
  // One run of characters and its end: what can be split in many ways would take for ever on a long row of "_".
  return /^[a-z0-9](?:[\w.:/@-]*\w)?$/i.test(text);
}
