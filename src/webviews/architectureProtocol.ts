import { key, reader, type Sent } from './pageMessages';

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

/** copy: the words for a request into the clipboard. export: the flight recorder of an engine into a file. */
export const readArchitecturePage = reader({ ready: {}, copy: { engine: key, number: key, as: ['command', 'curl'] }, export: { engine: key } });
export type FromArchitecturePage = Sent<typeof readArchitecturePage>;
