/** Every message between the extension host and the page of the engines' architecture. No VS Code, no DOM. */

/** The boxes of media/client-daemon-registry.svg. */
export const architectureBoxes = ['client', 'daemon', 'registry', 'images', 'containers', 'host'] as const;
export type ArchitectureBox = typeof architectureBoxes[number];

export interface ShownBox {
  /** In the place of the picture's second line; null leaves that. */
  line: string | null;
  explanation: string;
  /** How we know. */
  evidence: readonly string[];
}

export interface ShownTraffic {
  number: number;
  kind: 'request' | 'event';
  /** Milliseconds since the epoch. */
  at: number;
  what: string;
  /** "200", "under way", "failed: …" */
  outcome: string;
  /** null while it is under way, and of an event. */
  millis: number | null;
  bytes: number;
  /** What was sent as JSON. */
  body: string | null;
  /** What the docker command would have been. */
  command: string | null;
  curl: string | null;
}

export interface ShownEngine {
  key: string;
  name: string;
  used: boolean;
  connected: boolean;
  /** What carries the requests: "unix socket", "TLS", … */
  wire: string;
  /** Where its API is, short enough for the picture. */
  address: string;
  boxes: Readonly<Record<ArchitectureBox, ShownBox>>;
  /** The newest first. */
  traffic: readonly ShownTraffic[];
}

export type ToArchitecturePage =
  | { type: 'engines'; engines: readonly ShownEngine[]; l10n: Record<string, string> | undefined }
  /** Something passed through these parts of the picture just now. */
  | { type: 'pulse'; engine: string; parts: readonly string[]; l10n?: undefined };

export type FromArchitecturePage =
  | { type: 'ready' }
  /** The words for a request into the clipboard. */
  | { type: 'copy'; engine: string; number: number; as: 'command' | 'curl' }
  /** The flight recorder of an engine into a file. */
  | { type: 'export'; engine: string };

/** The message, or undefined when a page sent something that is not in the protocol. */
export function parseFromArchitecturePage(value: unknown): FromArchitecturePage | undefined {
  if (typeof value !== 'object' || value === null) { return undefined; }
  const { type, engine, number, as } = value as Partial<Record<string, unknown>>;
  if (type === 'ready') { return { type }; }
  if (typeof engine !== 'string') { return undefined; }
  if (type === 'export') { return { type, engine }; }
  return type === 'copy' && Number.isSafeInteger(number) && (as === 'command' || as === 'curl') ? { type, engine, number: number as number, as } : undefined;
}
