import type { ExampleTab } from './playground-page.js';

/** What the playground opens with; a test runs every one of them on the demo fleet. */
export const EXAMPLE_TABS: readonly ExampleTab[] = [
  {
    title: 'Why may the web shop not reach its database?',
    query: `query Policy {
  cluster(name: "harbor") {
    revision
    policyVerdict(from: { selector: "deploy/shop/web" }, to: { selector: "sts/data/postgres" }, protocol: TCP, port: 5432) {
      verdict
      summary
      evidence { stage outcome reason message object { kind namespace name } pointer }
      enforcement { cni enforced caveats }
    }
  }
}
`,
  },
  {
    title: 'What does a name resolve to inside a pod, and in how many lookups?',
    query: `query Names {
  cluster(name: "harbor") {
    short: resolveName(name: "api", from: { selector: "deploy/shop/web" }) { verdict summary evidence { outcome message } }
    absolute: resolveName(name: "postgres.data.svc.cluster.local.", from: { selector: "deploy/shop/api" }) { verdict summary }
  }
}
`,
  },
  {
    title: 'Which backend serves a URL, and which candidates lost?',
    query: `query Route {
  cluster(name: "harbor") {
    route(url: "https://shop.harbor.example/api/cart/42") {
      verdict
      summary
      result { class status backends { namespace service port endpoints { address pod } } candidates { object pointer outcome reason key own other } }
    }
  }
}
`,
  },
  {
    title: 'Which pods does a selector name?',
    query: `query Selector {
  cluster(name: "harbor") {
    resolveSelector(selector: { labels: { selector: "app=web", namespace: "shop" } }) {
      summary
      result { pods { namespace name node ips } }
    }
  }
}
`,
  },
  {
    title: 'What stands behind a service, and what leads to it?',
    query: `query Service {
  cluster(name: "harbor") {
    service(namespace: "shop", name: "web") {
      type
      clusterIPs { value provenance }
      endpoints { source ready notReady }
      pods(first: 10) { nodes { name ips { value } node { name zone } workload { kind name } networkPolicies { nodes { name } } } }
      ingresses { nodes { name rules { host paths { path backend } } } }
    }
  }
}
`,
  },
  {
    title: 'Which clusters are there, and what did their last write change?',
    query: `query Clusters {
  clusters {
    nodes {
      name
      displayName
      revisionDetail { number author message createdAt statistics { objects added changed removed } }
      diff(first: 5) { from to nodes { change kind namespace name changes { pointer } } }
    }
  }
}
`,
  },
];
