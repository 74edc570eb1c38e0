using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Hosting;

namespace SandboxOperator.Gateway.Tests.Hosting;

public sealed class CrashTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("gateway-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task What_was_acknowledged_is_there_after_the_process_was_killed()
    {
        var threads = new ConcurrentBag<string>();
        var files = new ConcurrentDictionary<string, string>();
        using (var gateway = Start())
        {
            using var client = new HttpClient { BaseAddress = new Uri(await AddressAsync(gateway)) };
            var enough = new TaskCompletionSource();
            var work = Enumerable.Range(0, 8).Select(_ => WorkAsync(client, threads, files, enough)).ToList();
            await enough.Task.WaitAsync(TimeSpan.FromMinutes(5));
            gateway.Kill();
            await gateway.WaitForExitAsync();
            await Task.WhenAll(work);
        }

        await using var next = await TestGateway.StartAsync(_data);
        foreach (var thread in threads)
        {
            await next.GetAsync($"/v1/threads/{thread}");
        }
        foreach (var (id, content) in files)
        {
            (await next.Client.GetStringAsync($"/v1/files/{id}/content")).ShouldBe(content);
        }
        Directory.GetFiles(Path.Combine(_data, "blobs", "tmp")).ShouldBeEmpty();
    }

    /// <summary>Creates until the gateway is gone, and remembers what it was told.</summary>
    private static async Task WorkAsync(
        HttpClient client,
        ConcurrentBag<string> threads,
        ConcurrentDictionary<string, string> files,
        TaskCompletionSource enough
    )
    {
        try
        {
            while (true)
            {
                threads.Add(
                    await IdAsync(await client.PostAsync("/v1/threads", new StringContent("{}", Encoding.UTF8)))
                );
                var content = Guid.NewGuid().ToString();
                using var form = new MultipartFormDataContent
                {
                    { new StringContent("assistants"), "purpose" },
                    { new StringContent(content), "file", "a" },
                };
                files[await IdAsync(await client.PostAsync("/v1/files", form))] = content;
                if (files.Count > 50)
                {
                    enough.TrySetResult();
                }
            }
        }
        catch (HttpRequestException error)
        {
            // The gateway was killed; before that there is nothing to catch.
            if (files.Count <= 50)
            {
                enough.TrySetException(error);
            }
        }
    }

    private static async Task<string> IdAsync(HttpResponseMessage response)
    {
        using (response)
        {
            response.EnsureSuccessStatusCode();
            return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["id"]!;
        }
    }

    private Process Start() =>
        Process.Start(
            new ProcessStartInfo("dotnet")
            {
                ArgumentList =
                {
                    "exec",
                    typeof(GatewayApp).Assembly.Location,
                    "--Listen:Port=0",
                    "--Sandbox:Backend=none",
                    $"--Data:Directory={_data}",
                },
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;

    private static async Task<string> AddressAsync(Process gateway)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (await gateway.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.Split("ready at ") is [_, var address])
            {
                // Its log must not fill the pipe.
                _ = gateway.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return address.Trim().Replace("/v1", "", StringComparison.Ordinal);
            }
        }
        throw new InvalidOperationException("The gateway ended before it was ready.");
    }
}
