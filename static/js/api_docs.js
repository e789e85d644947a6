// Shows the OpenAPI document with Swagger UI, which the page has loaded before this script.

import { byId } from './lib/page.js';

const place = byId('api-docs');
// It comes with no types.
const { SwaggerUIBundle } = /** @type {any} */ (window);
SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor(/** @type {{ headers: Record<string, string> }} */ request) {
    // Trying a change out needs the token of whoever is signed in.
    if (place.dataset.token) request.headers['X-CSRFToken'] = place.dataset.token;
    return request;
  },
});
