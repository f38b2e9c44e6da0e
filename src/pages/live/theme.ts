/** The colours and the font of what is drawn on a canvas, which cannot use CSS variables itself. */
export interface Palette {
  foreground: string;
  muted: string;
  background: string;
  grid: string;
  marker: string;
  rate: string;
  cpu: string;
  cpuFill: string;
  cap: string;
  throttled: string;
  throttledFill: string;
  fontFamily: string;
  /** CSS pixels. */
  lineWidth: number;
}

/** Reads the palette of VS Code's current theme from the variables that it sets on the page. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.body);
  const highContrast = document.body.className.includes('vscode-high-contrast');
  const foreground = firstOf(style, ['--vscode-foreground', '--vscode-editor-foreground'], style.color);
  const color = (name: string): string => firstOf(style, [`--vscode-charts-${name}`], foreground);
  const cpu = color('blue');
  const throttled = color('yellow');
  return {
    foreground,
    muted: highContrast ? foreground : firstOf(style, ['--vscode-descriptionForeground'], foreground),
    background: firstOf(style, ['--vscode-editor-background'], 'Canvas'),
    grid: translucent(foreground, highContrast ? 30 : 12),
    marker: translucent(foreground, highContrast ? 100 : 60),
    rate: color('green'),
    cpu,
    cpuFill: translucent(cpu, highContrast ? 25 : 12),
    cap: color('red'),
    throttled,
    throttledFill: translucent(throttled, highContrast ? 40 : 22),
    fontFamily: firstOf(style, ['--vscode-font-family'], 'sans-serif'),
    lineWidth: highContrast ? 2 : 1.5,
  };
}

/**
 * Calls back when VS Code changes the theme: it then sets classes and attributes on the body, or, for a single
 * customized colour, only the variables on the root element. Returns what ends it.
 */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-kind', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return () => observer.disconnect();
}

function firstOf(style: CSSStyleDeclaration, names: readonly string[], otherwise: string): string {
  for (const name of names) {
    const value = style.getPropertyValue(name).trim();
    if (value !== '') { return value; }
  }
  return otherwise;
}

function translucent(color: string, percent: number): string {
  return `color-mix(in srgb, ${color} ${percent}%, transparent)`;
}
