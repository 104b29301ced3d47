/** What a started server tells who started it. `secret`: the bootstrap token, when it was made just now; it is shown this once. */
export function welcome(url: string, secret: string | undefined): readonly string[] {
  const token = secret ?? '$PORTOLAN_TOKEN';
  return [
    '',
    `Portolan   ${url}/`,
    `playground ${url}/playground`,
    `docs       ${url}/docs`,
    '',
    ...(secret === undefined ? [] : ['bootstrap token, shown this once:', `  ${secret}`, '']),
    'try:',
    `  curl -fsS -H "Authorization: Bearer ${token}" \\`,
    `    "${url}/api/v1/clusters/harbor/queries/policy-verdict?from=deploy/shop/web&to=sts/data/postgres&protocol=TCP&port=5432"`,
    '',
  ];
}
