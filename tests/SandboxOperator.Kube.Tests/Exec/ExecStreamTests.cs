using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Exec;
using SandboxOperator.Kube.Tests.Fakes;
using Shouldly;

namespace SandboxOperator.Kube.Tests.Exec;

public sealed class ExecStreamTests : IAsyncLifetime
{
    private const string V4 = "v4.channel.k8s.io";
    private const string V5 = "v5.channel.k8s.io";
    private static readonly ObjectKey Pod = new("default", "pod");
    private readonly ExecOptions _options = new();
    private FakeApiServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await FakeApiServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(V4)]
    [InlineData(V5)]
    public async Task Input_comes_back_as_output_byte_for_byte(string protocol)
    {
        var exec = Serve(
            protocol,
            async self =>
            {
                while (await self.ReceiveAsync() is { } input)
                {
                    await self.SendAsync(1, input);
                }
            }
        );
        await using var stream = await OpenAsync();
        stream.Protocol.ShouldBe(protocol);
        exec.Offered.ShouldBe([V5, V4]);
        exec.Query.ShouldBe(
            "?container=agent&stdin=true&stdout=true&stderr=true&tty=false&command=%2Fagent&command=attach"
        );

        var sent = RandomNumberGenerator.GetBytes(3_000_000);
        var received = new byte[sent.Length];
        var writing = stream.WriteAsync(sent).AsTask();
        await stream.ReadExactlyAsync(received);
        await writing;
        received.ShouldBe(sent);
        exec.LargestFrame.ShouldBeLessThanOrEqualTo(64 << 10);
    }

    [Fact]
    public async Task Version_5_ends_input_and_reads_the_rest()
    {
        var exec = Serve(
            V5,
            async self =>
            {
                while (await self.ReceiveAsync() is not null) { }
                await self.SendAsync(1, "bye"u8);
                await self.SucceedAsync();
            }
        );
        await using var stream = await OpenAsync();
        (await stream.CompleteWritingAsync()).ShouldBeTrue();
        (await ReadAllAsync(stream)).ShouldBe("bye");
        exec.InputHasEnded.ShouldBeTrue();
        (await stream.Completion).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task Version_4_says_that_it_cannot_end_input()
    {
        Serve(V4, self => self.ReceiveAsync());
        await using var stream = await OpenAsync();
        (await stream.CompleteWritingAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_message_may_come_in_pieces()
    {
        Serve(
            V4,
            async self =>
            {
                await self.SendAsync(1, "hel"u8, endOfMessage: false);
                await self.SendRestAsync("lo"u8.ToArray());
                await self.SucceedAsync();
            }
        );
        await using var stream = await OpenAsync();
        (await ReadAllAsync(stream)).ShouldBe("hello");
    }

    [Fact]
    public async Task A_command_that_fails_is_an_error_with_what_it_wrote()
    {
        Serve(
            V4,
            async self =>
            {
                await self.SendAsync(1, "some"u8);
                await self.SendAsync(2, "no socket"u8);
                await self.FailAsync(3);
            }
        );
        await using var stream = await OpenAsync();
        var failure = await Should.ThrowAsync<ExecException>(ReadAllAsync(stream));
        failure.Result!.ExitCode.ShouldBe(3);
        failure.Message.ShouldContain("no socket");
        (await stream.Completion).ExitCode.ShouldBe(3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_ends_without_a_status_is_an_error(bool closesFirst)
    {
        Serve(
            V4,
            async self =>
            {
                await self.SendAsync(1, "some"u8);
                if (closesFirst)
                {
                    await self.CloseAsync();
                }
            }
        );
        await using var stream = await OpenAsync();
        var failure = await Should.ThrowAsync<ExecException>(ReadAllAsync(stream));
        failure.Result.ShouldBeNull();
        await Should.ThrowAsync<ExecException>(stream.Completion);
        await Should.ThrowAsync<ExecException>(async () =>
        {
            // The first frames may still fit into the socket.
            for (var i = 0; i < 1000; i++)
            {
                await stream.WriteAsync(new byte[1 << 16]);
            }
        });
    }

    [Fact]
    public async Task Of_standard_error_the_last_bytes_are_kept()
    {
        _options.ErrorBytes = 10;
        Serve(
            V4,
            async self =>
            {
                for (var i = 0; i < 100; i++)
                {
                    await self.SendAsync(2, Encoding.UTF8.GetBytes($"line {i}\n"));
                }

                await self.SucceedAsync();
            }
        );
        await using var stream = await OpenAsync();
        await ReadAllAsync(stream);
        stream.StandardError.ShouldBe("8\nline 99\n");
    }

    [Fact]
    public async Task Output_that_nobody_reads_makes_the_command_wait()
    {
        _options.BufferedBytes = 64 << 10;
        long sent = 0;
        Serve(
            V4,
            async self =>
            {
                for (var i = 0; i < 2000; i++)
                {
                    await self.SendAsync(1, new byte[30_000]);
                    Interlocked.Add(ref sent, 30_000);
                }

                await self.SucceedAsync();
            }
        );
        await using var stream = await OpenAsync();
        long before;
        do
        {
            before = Interlocked.Read(ref sent);
            await Task.Delay(300);
        } while (Interlocked.Read(ref sent) != before);
        before.ShouldBeLessThan(60_000_000);
        var read = 0L;
        var buffer = new byte[1 << 16];
        while (await stream.ReadAsync(buffer) is > 0 and var count)
        {
            read += count;
        }

        read.ShouldBe(60_000_000);
    }

    [Fact]
    public async Task Writers_do_not_mix_their_frames()
    {
        var received = new List<byte[]>();
        Serve(
            V5,
            async self =>
            {
                while (await self.ReceiveAsync() is { } input)
                {
                    received.Add(input);
                }

                await self.SucceedAsync();
            }
        );
        await using var stream = await OpenAsync();
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async writer =>
                {
                    for (var i = 0; i < 20; i++)
                    {
                        await stream.WriteAsync(Enumerable.Repeat((byte)writer, 1000).ToArray());
                    }
                })
        );
        await stream.CompleteWritingAsync();
        await stream.Completion;
        received.Count.ShouldBe(400);
        received.ShouldAllBe(frame => frame.Length == 1000 && frame.Distinct().Count() == 1);
    }

    [Fact]
    public async Task A_peer_that_takes_nothing_is_given_up()
    {
        _options.SendTimeout = TimeSpan.FromMilliseconds(300);
        var release = new TaskCompletionSource();
        Serve(V4, _ => release.Task);
        await using var stream = await OpenAsync();
        var failure = await Should.ThrowAsync<ExecException>(async () =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                await stream.WriteAsync(new byte[1 << 16]);
            }
        });
        failure.Message.ShouldContain("took no input");
        release.SetResult();
    }

    [Fact]
    public async Task Disposing_ends_a_waiting_read()
    {
        Serve(V4, self => self.ReceiveAsync());
        var stream = await OpenAsync();
        var reading = stream.ReadAsync(new byte[1]).AsTask();
        await stream.DisposeAsync();
        await Should.ThrowAsync<ExecException>(reading);
    }

    [Theory]
    [InlineData(403, "get and create on pods/exec")]
    [InlineData(401, "token")]
    [InlineData(404, "no such pod")]
    [InlineData(500, "container agent waits: ImagePullBackOff not there")]
    public async Task A_refusal_says_why(int code, string why)
    {
        _server.Instead = context =>
        {
            context.Response.StatusCode = code;
            return Task.FromResult(context.WebSockets.IsWebSocketRequest);
        };
        if (code == 500)
        {
            var status = JsonNode.Parse(
                """
                {"containerStatuses":[{"name":"agent","ready":false,"restartCount":0,"image":"i","imageID":"",
                 "state":{"waiting":{"reason":"ImagePullBackOff","message":"not there"}}}]}
                """
            );
            _server.Put("api/v1/namespaces/default/pods", "pod", new JsonObject { ["status"] = status });
        }

        var failure = await Should.ThrowAsync<ExecException>(OpenAsync());
        failure.Refused.ShouldBe((HttpStatusCode)code);
        failure.Message.ShouldContain(why);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up()
    {
        _options.OpenTimeout = TimeSpan.FromMilliseconds(300);
        _server.Instead = async context =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { });
            return true;
        };
        (await Should.ThrowAsync<ExecException>(OpenAsync())).Message.ShouldContain("no answer");
    }

    private static async Task<string> ReadAllAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        return await reader.ReadToEndAsync();
    }

    private FakeExec Serve(string protocol, Func<FakeExec, Task> command)
    {
        var exec = new FakeExec(_server, protocol, command);
        exec.Install();
        return exec;
    }

    private Task<ExecStream> OpenAsync()
    {
        var connection = _server.Connect();
        return new PodExec(
            connection,
            new KubeClient(connection, TimeProvider.System),
            _options,
            TimeProvider.System
        ).OpenAsync(Pod, "agent", ["/agent", "attach"], CancellationToken.None);
    }
}
