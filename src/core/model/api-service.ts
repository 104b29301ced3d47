/** The service of the API servers, which they make and whose endpoints they write themselves (kubernetes `pkg/controlplane`). */
export const API_SERVICE = 'default/kubernetes';
