// Shows the OpenAPI document with Swagger UI, which the page has loaded before this script.
const place = document.getElementById("api-docs");
window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    // Trying a change out needs the token of whoever is signed in.
    if (place.dataset.token) request.headers["X-CSRFToken"] = place.dataset.token;
    return request;
  },
});
