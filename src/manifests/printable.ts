/** The text without what neither JSON columns nor terminals take: NUL characters and half characters become U+FFFD. */
export function printable(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\uFFFD');
}
