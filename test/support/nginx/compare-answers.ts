/** Kept-alive connections that ask at the same time. */
const CLIENTS = 16;

/** How many requests both sides have answered, and those that they answer differently. */
export interface Compared {
  readonly compared: number;
  readonly differences: readonly object[];
}

/** Sends each request to the model and to a real server. */
export async function compareAnswers<R extends object>(
  requests: readonly R[],
  model: (request: R) => string,
  server: (request: R) => Promise<string>,
): Promise<Compared> {
  const differences: object[] = [];
  let compared = 0;
  const client = async (first: number): Promise<void> => {
    for (let index = first; index < requests.length; index += CLIENTS) {
      const sent = requests[index];
      if (!sent) continue;
      const [said, real] = [model(sent), await server(sent)];
      compared++;
      if (said !== real) differences.push({ ...sent, said, real });
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, async (_, first) => client(first)));
  return { compared, differences };
}
