import { signal } from '@preact/signals';

/** The style sheet's colours that canvases draw with: `--fg` and so on, taken from the editor's theme. */
const names = ['fg', 'muted', 'grid', 'choice', 'sampled', 'accuracy', 'latency', 'target', 'loss', 'faint'] as const;

export type Colour = (typeof names)[number];

function read(): Record<Colour, string> {
  const style = getComputedStyle(document.documentElement);
  const entries = names.map(name => [name, style.getPropertyValue(`--${name}`).trim() || 'gray']);
  return Object.fromEntries(entries) as Record<Colour, string>;
}

/** The colours of the theme in use; canvases that draw with them draw again when the theme changes. */
export const colours = signal(read());

/** What a person has asked the system for. */
export const reducedMotion = window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** VS Code changes the theme by the variables on the root and the class of the body. */
export function followTheme(): void {
  const observer = new MutationObserver(() => {
    colours.value = read();
  });
  observer.observe(document.documentElement, { attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributeFilter: ['class', 'data-vscode-theme-kind'] });
  colours.value = read();
}
