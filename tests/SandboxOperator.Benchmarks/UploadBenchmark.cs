using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Benchmarks;

/// <summary>One GiB through Uploads, durable, then into the sandbox.</summary>
internal sealed class UploadBenchmark : IBenchmark
{
    private const long Size = 1L << 30;
    private const int PartSize = 64 << 20;

    public string Name => "upload";

    public async Task<IReadOnlyList<Row>> RunAsync(CancellationToken cancellationToken)
    {
        await using var upstream = await ScriptedUpstreamServer.StartAsync();
        upstream.When(
            "^size",
            new ScriptedTurn
            {
                ToolCalls = [new ScriptedToolCall { Python = "import os; print(os.path.getsize('big.bin'))" }],
            },
            new ScriptedTurn { Text = "{{last_tool_output}}" }
        );
        var folder = Directory.CreateTempSubdirectory("sandbox-bench-upload-").FullName;
        try
        {
            await using var gateway = await GatewayProcess.StartAsync(
                upstream.BaseUrl,
                new Dictionary<string, string> { ["Logging__LogLevel__Default"] = "Warning" },
                cancellationToken
            );
            var part = RandomNumberGenerator.GetBytes(PartSize);
            var copies = await CopyTwiceAsync(folder, part, cancellationToken);

            var before = gateway.ResidentBytes;
            var peak = before;
            using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var watch = Task.Run(
                async () =>
                {
                    while (!watching.IsCancellationRequested)
                    {
                        peak = Math.Max(peak, gateway.ResidentBytes);
                        await Task.Delay(50, CancellationToken.None);
                    }
                },
                cancellationToken
            );
            var api = new AssistantsApi(gateway.Client);
            var began = Stopwatch.GetTimestamp();
            var file = await UploadAsync(gateway.Client, api, part, cancellationToken);
            var uploaded = Stopwatch.GetElapsedTime(began).TotalSeconds;
            var assistant = await api.CreateAssistantAsync(cancellationToken);
            var thread = await api.CreateThreadAsync(Attached(file), cancellationToken);
            await api.RunAsync(thread, assistant, cancellationToken);
            var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
            await watching.CancelAsync();
            await watch;
            var grown = (peak - before) / 1048576.0;
            return
            [
                new Row(
                    "1 GiB through Uploads, durable, then into the sandbox",
                    $"{took:0.0} s ({uploaded:0.0} s of it the upload)",
                    $"`cp` and `sync -f`, twice: {copies:0.0} s",
                    "≤ 3 ×",
                    took / copies,
                    3
                ),
                new Row("gateway's memory above its idle size meanwhile", $"{grown:0} MiB", "", "≤ 50 MiB", grown, 50),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static JsonObject Attached(string file) =>
        new()
        {
            ["messages"] = new JsonArray(
                new JsonObject
                {
                    ["role"] = "user",
                    ["content"] = "size",
                    ["attachments"] = new JsonArray(
                        new JsonObject
                        {
                            ["file_id"] = file,
                            ["tools"] = new JsonArray(new JsonObject { ["type"] = "code_interpreter" }),
                        }
                    ),
                }
            ),
        };

    private static async Task<double> CopyTwiceAsync(string folder, byte[] part, CancellationToken cancellationToken)
    {
        var source = Path.Combine(folder, "source");
        await using (var file = File.Create(source))
        {
            for (var written = 0L; written < Size; written += part.Length)
            {
                await file.WriteAsync(part, cancellationToken);
            }

            file.Flush(flushToDisk: true);
        }

        var began = Stopwatch.GetTimestamp();
        foreach (var copy in (string[])["first", "second"])
        {
            using var process = Process.Start(
                "sh",
                ["-c", "cp \"$1\" \"$2\" && sync -f \"$2\"", "sh", source, Path.Combine(folder, copy)]
            );
            await process.WaitForExitAsync(cancellationToken);
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<string> UploadAsync(
        HttpClient client,
        AssistantsApi api,
        byte[] part,
        CancellationToken cancellationToken
    )
    {
        var upload = await api.CreateAsync(
            "uploads",
            new JsonObject
            {
                ["filename"] = "big.bin",
                ["purpose"] = "assistants",
                ["bytes"] = Size,
                ["mime_type"] = "application/octet-stream",
            },
            cancellationToken
        );
        var parts = new JsonArray();
        for (var sent = 0L; sent < Size; sent += part.Length)
        {
            using var form = new MultipartFormDataContent();
            var data = new ByteArrayContent(part);
            data.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            form.Add(data, "data", "part");
            using var answer = await client.PostAsync($"uploads/{upload}/parts", form, cancellationToken);
            answer.EnsureSuccessStatusCode();
            var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!;
            parts.Add((string)json["id"]!);
        }

        using var content = new StringContent(
            new JsonObject { ["part_ids"] = parts }.ToJsonString(),
            new MediaTypeHeaderValue("application/json")
        );
        using var completed = await client.PostAsync($"uploads/{upload}/complete", content, cancellationToken);
        completed.EnsureSuccessStatusCode();
        var result = JsonNode.Parse(await completed.Content.ReadAsStringAsync(cancellationToken))!;
        return (string)result["file"]!["id"]!;
    }
}
