using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using SandboxOperator.Agent.Attach;
using SandboxOperator.Agent.Init;
using SandboxOperator.Agent.Link;
using SandboxOperator.Agent.Serve.Streams;
using SandboxOperator.Agent.Tests.Serve;
using SandboxOperator.Api.Agent;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Attach;

public sealed class AttachedTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Uri File = new("files/big.bin", UriKind.Relative);
    private static readonly Uri Status = new("status", UriKind.Relative);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_requests_pass_one_pair_of_streams()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var streams = new AttachedStreams(agent.Options.Socket);
        using var client = streams.Client();
        for (var round = 0; round < 100; round++)
        {
            (await client.GetStringAsync(Status, Stop)).ShouldContain("incarnation");
        }
    }

    [Fact]
    public async Task Calls_stream_their_events()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var init = await agent.ReadyAsync();
        using var streams = new AttachedStreams(agent.Options.Socket);
        using var client = streams.Client();
        var incarnation = (await agent.StatusAsync(_ => true)).Incarnation;
        var request = new CallRequest
        {
            Id = "call_1",
            Code = "1",
            Incarnation = incarnation,
        };
        var sent = client.PostAsync(
            new Uri("calls", UriKind.Relative),
            new StringContent(JsonSerializer.Serialize(request, AgentJson.Default.CallRequest)),
            Stop
        );
        var run = await init.ReceiveAsync<LinkMessage.Run>();
        init.Send(new LinkMessage.Output(run.Call, "stdout", "hello"), new LinkMessage.Done(run.Call, CallStatuses.Ok));

        using var response = await sent;
        var events = await RunningAgent.EventsAsync(response);
        events.OfType<CallOutput>().ShouldHaveSingleItem().Text.ShouldBe("hello");
        events[^1].ShouldBeOfType<CallDone>();
    }

    [Fact]
    public async Task Files_of_any_size_pass_both_ways_whatever_pieces_they_come_in()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var streams = new AttachedStreams(agent.Options.Socket);
        using var client = streams.Client();
        var random = new Random(1);
        foreach (var size in new[] { 0, 1, 4095, 65_536, 1_048_577, 20_000_000 })
        {
            var content = new byte[size];
            random.NextBytes(content);
            using (var put = await client.PutAsync(File, new ByteArrayContent(content), Stop))
            {
                put.StatusCode.ShouldBe(HttpStatusCode.NoContent, $"{size} bytes");
            }

            var back = await client.GetByteArrayAsync(File, Stop);
            Convert
                .ToHexString(SHA256.HashData(back))
                .ShouldBe(Convert.ToHexString(SHA256.HashData(content)), $"{size} bytes");
        }
    }

    [Fact]
    public async Task A_reader_who_pauses_gets_everything()
    {
        const int Size = 8 << 20;
        await using var agent = await RunningAgent.StartAsync();
        await System.IO.File.WriteAllBytesAsync(Path.Combine(agent.Data, "big.bin"), new byte[Size], Stop);
        using var streams = new AttachedStreams(agent.Options.Socket);
        using var client = streams.Client();

        using var response = await client.GetAsync(File, HttpCompletionOption.ResponseHeadersRead, Stop);
        await Task.Delay(TimeSpan.FromMilliseconds(300), Stop); // the pipe is full long before
        (await response.Content.ReadAsByteArrayAsync(Stop)).Length.ShouldBe(Size);
        (await client.GetStringAsync(Status, Stop)).ShouldContain("incarnation");
    }

    [Fact]
    public async Task The_end_of_input_ends_the_command()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var streams = new AttachedStreams(agent.Options.Socket);
        using var client = streams.Client();
        await client.GetStringAsync(Status, Stop);

        streams.Input.Dispose();

        (await streams.EndAsync(Stop).WaitAsync(Patience, Stop)).ShouldBe(0);
    }

    [Fact]
    public async Task A_killed_command_ends_what_was_being_read()
    {
        await using var agent = await RunningAgent.StartAsync();
        await System.IO.File.WriteAllBytesAsync(Path.Combine(agent.Data, "big.bin"), new byte[32 << 20], Stop);
        using var streams = new AttachedStreams(agent.Options.Socket);
        using var client = streams.Client();
        using var response = await client.GetAsync(File, HttpCompletionOption.ResponseHeadersRead, Stop);

        streams.Kill();

        await Should.ThrowAsync<Exception>(() => response.Content.ReadAsByteArrayAsync(Stop).WaitAsync(Patience, Stop));
        (await agent.StatusAsync(_ => true)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_stop_ends_commands_that_are_attached()
    {
        var agent = await RunningAgent.StartAsync();
        using var streams = new AttachedStreams(agent.Options.Socket);
        using var client = streams.Client();
        await client.GetStringAsync(Status, Stop);

        await agent.DisposeAsync();

        (await streams.EndAsync(Stop).WaitAsync(Patience, Stop)).ShouldBe(0);
    }

    [Fact]
    public async Task A_command_that_gives_nothing_is_left()
    {
        await using var agent = await RunningAgent.StartAsync();
        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await silent.ConnectAsync(HandOver.At(agent.Options.Socket), Stop);
        await silent.SendAsync(new byte[] { 0 }, Stop);

        (await silent.ReceiveAsync(new byte[1], Stop).AsTask().WaitAsync(Patience, Stop)).ShouldBe(0);
        using var streams = new AttachedStreams(agent.Options.Socket);
        using var client = streams.Client();
        (await client.GetStringAsync(Status, Stop)).ShouldContain("incarnation");
    }

    [Fact]
    public void Streams_that_nobody_uses_are_not_waited_for()
    {
        var (ours, theirs) = Descriptors.SocketPair();
        using var command = new Socket(new SafeSocketHandle(ours, ownsHandle: true));
        var (read, write) = Descriptors.Pipe(4096);
        try
        {
            var watch = new StreamWatch(command, TimeProvider.System, TimeSpan.FromMilliseconds(50));
            watch.WaitFor(read, Native.PollIn).ShouldBeFalse();
            watch = new StreamWatch(command, TimeProvider.System, TimeSpan.FromMinutes(1));
            watch.WaitFor(write, Native.PollOut).ShouldBeTrue();
        }
        finally
        {
            Descriptors.Close(read);
            Descriptors.Close(write);
            Descriptors.Close(theirs);
        }
    }
}
