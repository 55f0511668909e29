// Styles that depend on what is shown. The page's policy lets no `style` attribute be written, which lit's `styleMap` does
// at first; a property it lets be set: `.style=${styles({ color })}`.

/** Declarations as one text; what is null or no plain value is left out. */
export const styles = (given) =>
  Object.entries(given)
    .filter(([, value]) => value !== null && value !== undefined && !/[;{}\\]|url\(/i.test(String(value)))
    .map(([name, value]) => `${name}: ${value}`)
    .join("; ");
