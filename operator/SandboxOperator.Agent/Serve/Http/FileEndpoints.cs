using System.Buffers;
using System.Text.Json;
using SandboxOperator.Agent.Serve.Files;
using SandboxOperator.Api.Agent;

namespace SandboxOperator.Agent.Serve.Http;

/// <summary><c>GET /files</c> and <c>GET|HEAD|PUT|DELETE /files/{path}</c>.</summary>
internal sealed class FileEndpoints(WorkingDirectory directory)
{
    private const int ChunkBytes = 128 * 1024;

    public Task ListAsync(HttpContext context) =>
        AgentHttp.JsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(directory.List(), AgentJson.Default.FileList));

    /// <summary>Sends as many bytes as the file had when it was opened.</summary>
    public async Task GetAsync(HttpContext context, FilePath path)
    {
        using var file = directory.Open(path) ?? throw NotFound(path);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = file.Bytes;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        var body = context.Response.BodyWriter;
        for (var sent = 0L; sent < file.Bytes; )
        {
            var chunk = body.GetMemory(ChunkBytes);
            var count = RandomAccess.Read(
                file.Handle,
                chunk.Span[..(int)Math.Min(chunk.Length, file.Bytes - sent)],
                sent
            );
            if (count == 0)
            {
                // It was cut while it was sent; the client must not take what it has for the whole.
                context.Abort();
                return;
            }

            body.Advance(count);
            sent += count;
            await body.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>Writes a file of any length that the disk limit allows.</summary>
    public async Task PutAsync(HttpContext context, FilePath path)
    {
        var alias = context.Request.Query["alias"];
        if (alias.Count > 1 || alias is [{ } name] && name.Contains('/', StringComparison.Ordinal))
        {
            throw RequestException.Invalid("alias is one name in the working directory itself.");
        }

        var length = context.Request.ContentLength;
        using var upload = directory.Create(path, length, alias is [{ } given] ? FilePath.Parse(given) : null);
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            try
            {
                upload.Write(read.Buffer);
            }
            finally
            {
                // Also when it does not fit: the rest is read before the refusal is answered.
                body.AdvanceTo(read.Buffer.End);
            }

            if (read.IsCompleted)
            {
                break;
            }
        }

        upload.Complete();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public Task DeleteAsync(HttpContext context, FilePath path)
    {
        if (!directory.Delete(path))
        {
            throw NotFound(path);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static RequestException NotFound(FilePath path) =>
        RequestException.NotFound($"There is no regular file '{path.Text}' in the working directory.");
}
