/** What a person can do about an error: a button beside its message. */
export interface Fix {
  title: string;
  /** Id of one of our commands, or of VS Code's. */
  command: string;
  arguments?: readonly unknown[];
}

/** An error whose message says, in the user's language, what happened and what to do next. */
export class HumanError extends Error {
  readonly fixes: readonly Fix[];

  constructor(message: string, options: { cause?: unknown; fixes?: readonly Fix[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.fixes = options.fixes ?? [];
  }
}

/** Whether this error only says that somebody asked to stop. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || (error as { code?: unknown }).code === 'ABORT_ERR');
}

/** One line about anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : textOf(error);
}

/** More causes in a chain than anybody reads; one may lead back to the first. */
const mostCauses = 20;

/** The error with its stack and its chain of causes, for the log. */
export function detailsOf(error: unknown): string {
  const told: string[] = [];
  for (let at: unknown = error; at !== undefined && told.length < mostCauses; at = at instanceof Error ? at.cause : undefined) {
    told.push(at instanceof Error ? at.stack ?? `${at.name}: ${at.message}` : textOf(at));
  }
  return told.length === 0 ? textOf(error) : told.join('\ncaused by: ');
}

/** An object may have no way to be a text. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
