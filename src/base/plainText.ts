/** Control characters, and the marks that turn the direction of text around: what could make a name look like another. */
// eslint-disable-next-line no-control-regex -- finding them is the purpose
const invisible = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text from an engine as one line that shows what it is: control characters become "�", and what is too long is cut. */
export function plainText(text: string, maxChars = 200): string {
  const shown = text.replace(invisible, '\ufffd');
  // Not through the middle of an emoji.
  return shown.length > maxChars ? `${shown.slice(0, maxChars - 1).replace(/[\ud800-\udbff]$/, '')}…` : shown;
}
