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
    title: 'Who can reach the database, and what can the api reach?',
    query: `query Reachability {
  cluster(name: "harbor") {
    who: reachability(to: { selector: "sts/data/postgres" }, port: 5432) {
      summary
      result { groups { connection partial count namespaces { namespace workloads } rules { policy pointer action } } }
    }
    where: reachability(from: { selector: "deploy/shop/api" }, to: { any: true }) {
      summary
      result { groups { connection count namespaces { namespace workloads } addresses rules { policy pointer action } } cutOff }
    }
  }
}
`,
  },
  {
    title: 'Who may talk to whom, and what would policies leave to new pods?',
    query: `query Connectivity {
  cluster(name: "harbor") {
    connectivity(from: { namespace: "shop" }) { summary result { connections { from to connection partial } } }
    exposure(of: { namespace: "shop" }) { summary result { exposures { workload direction with connection rules } } }
  }
}
`,
  },
  {
    title: 'What is wrong with the policies, which select a pod, and do two allow the same?',
    query: `query Lint {
  cluster(name: "harbor") {
    policyLint { summary result { findings { code severity object { kind namespace name } pointer message fix { message } } } }
    podPolicies(pod: { selector: "data/postgres-0" }) { summary result { policies { name ingressRules egressRules } calicoPolicies { kind name tier } } }
    policyPods(policy: "gnp/security.no-cloud-metadata") { summary result { pods { pod workload } } }
    policyCompare(a: ["shop/default-deny"], b: ["ns/shop"]) { summary result { cluster { differences { from to a b } } } }
  }
}
`,
  },
  {
    title: 'Which connections came and went, and by which objects?',
    query: `query Changes {
  cluster(name: "harbor") {
    connectivityDiff(since: "0", level: namespace, external: false) { summary result { added removed changed connections { change from to before after causes } } }
  }
}
`,
  },
  {
    title: 'Why can a pod not reach a URL, and what mends it?',
    query: `query Trace {
  cluster(name: "harbor") {
    trace(from: { selector: "deploy/shop/web" }, to: { url: "http://recommendations.shop:80" }) {
      verdict
      summary
      result {
        resolve { lookup { tried { name outcome records } questions } }
        packet { verdict message targets sourceSeen }
        dnsPolicy { server protocol verdict }
        dataPolicy { endpoints verdict nearest }
        findings { code severity message fix { message patch { op path value } } }
      }
    }
    serviceLint(severity: warning) { summary result { findings { code object { kind namespace name } pointer message } } }
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
    title: 'What would a change do before it is applied?',
    query: `query WhatIf {
  cluster(name: "harbor") {
    now: route(url: "https://shop.harbor.example/api/cart/42") { verdict summary }
    then: route(
      url: "https://shop.harbor.example/api/cart/42"
      apply: "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {namespace: shop, name: trial}, spec: {ingressClassName: nginx, rules: [{host: shop.harbor.example, http: {paths: [{path: /api/cart/42, pathType: Exact, backend: {service: {name: web, port: {number: 80}}}}]}}]}}"
    ) { verdict summary }
    broken: connectivityDiff(
      apply: "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: monitoring, name: lock}, spec: {podSelector: {}}}"
    ) { summary result { connections { change from to before after causes } } }
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
