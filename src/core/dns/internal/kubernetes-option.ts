/** Whether the `kubernetes` plugin of a Corefile has an option: a line of its block that starts with the word. */
export function hasKubernetesOption(corefile: string | undefined, option: string): boolean {
  let inside = false;
  for (const line of (corefile ?? '').split('\n')) {
    const [word] = line.replace(/#.*$/, '').trim().split(/\s+/);
    if (word === 'kubernetes') inside = line.includes('{');
    else if (word === '}') inside = false;
    else if (inside && word === option) return true;
  }
  return false;
}
