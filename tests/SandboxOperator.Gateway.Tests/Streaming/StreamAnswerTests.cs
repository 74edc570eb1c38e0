using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Streaming;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Testing.ScriptedUpstream;

namespace SandboxOperator.Gateway.Tests.Streaming;

/// <summary>The streams of runs as a client gets them.</summary>
public sealed class StreamAnswerTests
{
    [Fact]
    public async Task A_stream_has_the_headers_that_clients_and_proxies_need()
    {
        await using var fixture = await RunFixture.StartAsync();
        var thread = await fixture.ThreadAsync();
        await using var stream = await EventStream.OpenAsync(
            fixture.Gateway,
            $"/v1/threads/{thread}/runs",
            $$"""{"assistant_id":"{{await fixture.AssistantAsync()}}","stream":true}"""
        );

        var headers = stream.Response.Headers;
        stream.Response.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream; charset=utf-8");
        stream.Response.Content.Headers.ContentEncoding.ShouldBeEmpty();
        headers.CacheControl!.ToString().ShouldBe("no-cache");
        headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
        headers.GetValues("x-request-id").ShouldHaveSingleItem().ShouldMatch("^req_[0-9a-f]{32}$");
        (await stream.ReadToEndAsync())[^1].Name.ShouldBe("done");
    }

    [Fact]
    public async Task A_client_that_reads_too_slowly_loses_its_stream_and_the_run_completes()
    {
        await using var fixture = await RunFixture.StartAsync();
        fixture.Upstream.Enqueue(ScriptedTurn.Python("hang"), ScriptedTurn.Say("Done."));
        var thread = await fixture.ThreadAsync();
        using var client = await AskAsync(fixture, thread, await fixture.AssistantAsync());
        await Wait.UntilAsync(() => fixture.Sandboxes.All.Any(sandbox => sandbox.Hanging.Task.IsCompleted));
        var id = (string)(await fixture.Gateway.GetAsync($"/v1/threads/{thread}/runs"))["data"]![0]!["id"]!;

        // More than the buffers of gateway and network hold together.
        var run = fixture.Gateway.Services.GetRequiredService<RunDispatcher>().Find(id)!;
        var large = new RunEvent("thread.run.step.delta", Encoding.ASCII.GetBytes($"\"{new string('x', 100_000)}\""));
        for (var sent = 0L; sent < 2 * RunListener.MaxWaitingBytes; sent += large.Data.Length)
        {
            run.Stream.Publish(large);
        }
        await fixture.Sandboxes.Single.InterruptAllAsync();

        ((string?)(await fixture.EndAsync(thread, id))["status"]).ShouldBe("completed");
        using var reader = new StreamReader(client.GetStream());
        var text = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        var end = text[text.LastIndexOf("event: error", StringComparison.Ordinal)..];
        end.ShouldStartWith("event: error\ndata: {\"error\":{\"message\":\"The stream was ended because");
        end.ShouldContain("event: done\ndata: [DONE]");
        end.ShouldNotContain("thread.run");
    }

    /// <summary>Asks for a stream over a connection that nobody reads from.</summary>
    private static async Task<TcpClient> AskAsync(RunFixture fixture, string thread, string assistant)
    {
        var body = $$"""{"assistant_id":"{{assistant}}","stream":true}""";
        var address = fixture.Gateway.Client.BaseAddress!;
        var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(address.Host, address.Port);
        await client
            .GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST /v1/threads/{thread}/runs HTTP/1.0\r\nHost: {address.Authority}\r\n"
                        + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"
                )
            );
        return client;
    }
}
