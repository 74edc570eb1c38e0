using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace SandboxOperator.Kube.Client;

/// <summary>The lines of a watch: one JSON object each.</summary>
internal static class WatchLines
{
    /// <summary>Several times what an API server accepts as one object.</summary>
    private const int LongestLine = 16 << 20;

    /// <exception cref="KubeException">A line is too long or no JSON, or the connection broke.</exception>
    public static async IAsyncEnumerable<JsonDocument> ReadAsync(
        Stream body,
        [EnumeratorCancellation] CancellationToken token
    )
    {
        var reader = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 32 << 10));
        try
        {
            while (true)
            {
                var (buffer, ended) = await ReadAsync(reader, token);
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    var line = buffer.Slice(0, end);
                    if (!line.IsEmpty)
                    {
                        yield return Parse(line);
                    }

                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                if (buffer.Length > LongestLine)
                {
                    throw new KubeException(code: null, "Unreadable", "A line of a watch is too long.");
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (ended)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <exception cref="KubeException">The line is an error: the version is gone, for example.</exception>
    public static WatchEvent<T> Parse<T>(JsonElement line, string tried)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var type = KubeJson.Text(line, "type");
        if (!line.TryGetProperty("object", out var element))
        {
            throw new KubeException(code: null, "Unreadable", $"{tried}: a line without an object");
        }

        if (type == "ERROR")
        {
            throw KubeJson.Failure(tried, HttpStatusCode.InternalServerError, element);
        }

        var version = KubeJson.Version(element);
        if (type == "BOOKMARK")
        {
            return new WatchEvent<T>(WatchEventKind.Bookmark, version, Entity: null, Key: default);
        }

        var key = KubeJson.Key(element);
        try
        {
            var kind = type == "DELETED" ? WatchEventKind.Deleted : WatchEventKind.Present;
            return new WatchEvent<T>(kind, version, KubeJson.Entity<T>(element), key);
        }
        catch (JsonException)
        {
            return new WatchEvent<T>(WatchEventKind.Unreadable, version, Entity: null, key);
        }
    }

    private static JsonDocument Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            // A copy, because the document outlives the buffer.
            return JsonDocument.Parse(line.ToArray());
        }
        catch (JsonException exception)
        {
            throw new KubeException(code: null, "Unreadable", "A line of a watch is not JSON.", exception);
        }
    }

    private static async Task<(ReadOnlySequence<byte> Buffer, bool Ended)> ReadAsync(
        PipeReader reader,
        CancellationToken token
    )
    {
        try
        {
            var result = await reader.ReadAsync(token);
            return (result.Buffer, result.IsCompleted);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new KubeException(code: null, "Cut", $"The watch was cut: {exception.Message}", exception);
        }
    }
}
