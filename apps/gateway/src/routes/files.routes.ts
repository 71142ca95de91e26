import { downloadFile, type FileTicket } from '@rpa/contracts';
import { download } from '@rpa/files';
import { route, type RouteAnswer, type RouteDefinition } from '../http/define-route.js';

export const FILE_ROUTES: readonly RouteDefinition[] = [
  route({
    method: 'GET',
    path: '/files/{id}',
    command: downloadFile,
    etag: (file) => file.sha256,
    answer: content,
    answers: {
      200: {
        description: 'The content as it was stored, with its media type, to be saved and never to be shown',
        reply: { schema: { type: 'string', format: 'binary' } },
        mediaTypes: ['application/octet-stream', 'application/json'],
      },
    },
  }),
];

/** What a step has fetched may be a page with scripts: no browser runs it, or shows it as ours. */
async function content(file: FileTicket): Promise<RouteAnswer> {
  return {
    status: 200,
    headers: {
      'content-type': file.contentType,
      'content-length': String(file.size),
      'content-disposition': `attachment; filename="${file.id}.${extensionOf(file.contentType)}"`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    },
    body: await download(file),
  };
}

function extensionOf(contentType: string): string {
  if (/^[^;]*[/+]json(;|$)/i.test(contentType)) return 'json';
  return contentType.startsWith('text/') ? 'txt' : 'bin';
}
