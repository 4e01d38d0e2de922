// Markdown tables, and pages in which only the text between two markers is written by a command.

export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

/** Replaces what stands between `<!-- NAME: … -->` and `<!-- end of NAME -->`. */
export function replaceBetweenMarkers(page: string, name: string, content: string): string {
  const begin = page.search(new RegExp(`<!-- ${name}:[^\n]*-->`));
  const end = page.indexOf(`<!-- end of ${name} -->`);
  if (begin < 0 || end < begin) throw new Error(`the page has no markers for '${name}'`);
  const afterBegin = page.indexOf('\n', begin) + 1;
  return `${page.slice(0, afterBegin)}\n${content.trim()}\n\n${page.slice(end)}`;
}
