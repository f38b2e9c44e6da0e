/**
 * The toolkit's controls, as functions that hand out plain elements. The only file that imports
 * @vscode/webview-ui-toolkit (deprecated upstream since 2025-01-01), so that it can be replaced in one place.
 * Only what is registered here ends up in the bundle: the dropdown would add 25 kB, two radio components add 13 kB.
 */
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeRadio, vsCodeRadioGroup } from '@vscode/webview-ui-toolkit';

/** Defines the custom elements. Once a page, before the first control. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeRadio(), vsCodeRadioGroup());
}

/** A push button. */
export interface PushButton {
  readonly element: HTMLElement;
  setLabel(label: string): void;
  setEnabled(enabled: boolean): void;
  /** The one to press next. */
  setPrimary(primary: boolean): void;
  focus(): void;
}

export function createButton(appearance: 'primary' | 'secondary', label: string, pressed: () => void): PushButton {
  const button = document.createElement('vscode-button') as HTMLElement & { disabled: boolean; appearance: string };
  button.setAttribute('appearance', appearance);
  button.textContent = label;
  button.addEventListener('click', () => { if (!button.disabled) { pressed(); } });
  return {
    element: button,
    setLabel: text => { if (button.textContent !== text) { button.textContent = text; } },
    setEnabled: enabled => { if (button.disabled === enabled) { button.disabled = !enabled; } },
    setPrimary: primary => { button.appearance = primary ? 'primary' : 'secondary'; },
    focus: () => button.focus(),
  };
}

/** One of the values of a choice, with its text. */
export interface Choice { value: string; label: string }

/** A row of radio buttons of which one is chosen; arrow keys move the choice. */
export function createChoice(name: string, choices: readonly Choice[], chosen: string, changed: (value: string) => void): HTMLElement {
  const group = document.createElement('vscode-radio-group') as HTMLElement & { value: string };
  group.setAttribute('orientation', 'horizontal');
  group.setAttribute('aria-label', name);
  group.setAttribute('value', chosen);
  for (const { value, label } of choices) {
    const radio = document.createElement('vscode-radio');
    radio.setAttribute('value', value);
    radio.textContent = label;
    group.append(radio);
  }
  group.addEventListener('change', () => changed(group.value));
  return group;
}
