// Where the gateway answers otherwise than the published document says, and why. Each entry changes the schema; one that
// nothing recorded needs any more fails the suite.
const nullable = (schema) => ({ anyOf: [schema, { type: 'null' }] });

function allowNull(schema, ...names) {
  for (const name of names) schema.properties[name] = nullable(schema.properties[name]);
}

function optional(schema, name) {
  schema.required = schema.required.filter((required) => required !== name);
}

export const deviations = [
  {
    name: 'an empty list has null as first_id and last_id',
    reason: 'The real server answered null; the document knows only strings.',
    apply(schemas) {
      for (const schema of Object.values(schemas)) {
        if (schema.properties?.first_id && schema.properties?.has_more) allowNull(schema, 'first_id', 'last_id');
      }
    },
  },
  {
    name: 'run.instructions is null without instructions',
    reason: 'What the real server sent, and what clients have always seen.',
    apply: (schemas) => allowNull(schemas.RunObject, 'instructions'),
  },
  {
    name: 'file.expires_at and file.status_details are null when unset',
    reason: 'The real server sent both keys always; the document has them optional and never null.',
    apply: (schemas) => allowNull(schemas.OpenAIFile, 'expires_at', 'status_details'),
  },
  {
    name: 'an error event nests its error',
    reason: 'The SDKs raise an APIError only from {"error": {...}}; the flat form of the document breaks some of them.',
    apply: (schemas) => (schemas.ErrorEvent.properties.data = { $ref: '#/components/schemas/ErrorResponse' }),
  },
  {
    name: 'a file may have the purpose evals',
    reason: 'The real server accepted it at upload; the document lists it for requests only.',
    apply: (schemas) => schemas.OpenAIFile.properties.purpose.enum.push('evals'),
  },
];

export { allowNull, optional };
