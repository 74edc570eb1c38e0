using System.Net;
using System.Net.Sockets;
using SandboxOperator.Gateway.Upstream;
using SandboxOperator.Testing.ScriptedUpstream;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.Upstream;

public sealed class OpenAiModelClientFaultTests
{
    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_passing_error_is_asked_again(int status)
    {
        await using var fixture = await ClientFixture.StartAsync();
        fixture.Server.When(
            "hello",
            ScriptedTurn.Say("at last") with
            {
                Fault = new ScriptedFault { Status = status, Times = 2 },
            }
        );
        var events = await fixture.AskAsync();
        ((string?)((ModelTurn)events[^1]).Message["content"]).ShouldBe("at last");
        fixture.Server.ChatRequests.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(429, null, "RateLimited", 3)]
    [InlineData(429, "insufficient_quota", "RateLimited", 1)]
    [InlineData(500, null, "Server", 3)]
    [InlineData(400, "context_length_exceeded", "ContextLength", 1)]
    [InlineData(400, null, "Refused", 1)]
    [InlineData(401, "invalid_api_key", "Refused", 1)]
    [InlineData(404, "model_not_found", "Refused", 1)]
    public async Task A_lasting_error_fails_the_turn(int status, string? code, string failure, int requests)
    {
        await using var fixture = await ClientFixture.StartAsync(options => options.MaxAttempts = 3);
        var fault = new ScriptedFault
        {
            Status = status,
            Code = code,
            Times = 0,
        };
        fixture.Server.When("hello", new ScriptedTurn { Fault = fault });
        var exception = await Should.ThrowAsync<ModelException>(() => fixture.AskAsync());
        exception.Failure.ToString().ShouldBe(failure);
        fixture.Server.ChatRequests.Count.ShouldBe(requests);
    }

    [Fact]
    public async Task A_wait_beyond_the_deadline_is_not_begun()
    {
        await using var fixture = await ClientFixture.StartAsync();
        var fault = new ScriptedFault
        {
            Status = 429,
            RetryAfter = "3600",
            Times = 0,
        };
        fixture.Server.When("hello", new ScriptedTurn { Fault = fault });
        var exception = await Should.ThrowAsync<ModelException>(() => fixture.AskAsync());
        exception.Failure.ShouldBe(ModelFailure.RateLimited);
        fixture.Server.ChatRequests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_cut_before_the_first_word_is_asked_again()
    {
        await using var fixture = await ClientFixture.StartAsync();
        fixture.Server.When("hello", ScriptedTurn.Say("whole") with { Fault = new ScriptedFault { CutAfter = 0 } });
        var events = await fixture.AskAsync();
        ((string?)((ModelTurn)events[^1]).Message["content"]).ShouldBe("whole");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cut_after_the_first_word_fails_the_turn(bool isAbrupt)
    {
        await using var fixture = await ClientFixture.StartAsync();
        var fault = isAbrupt ? new ScriptedFault { CutAfter = 3 } : new ScriptedFault { EndAfter = 3 };
        fixture.Server.When("hello", ScriptedTurn.Say("a longer text") with { Fault = fault });
        var events = new List<ModelEvent>();
        var exception = await Should.ThrowAsync<ModelException>(async () =>
        {
            await foreach (var item in fixture.Client.StreamAsync(Requests.Hello(), CancellationToken.None))
            {
                events.Add(item);
            }
        });
        exception.Failure.ShouldBe(ModelFailure.Server);
        events.ShouldNotBeEmpty();
        fixture.Server.ChatRequests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_error_within_the_stream_is_understood()
    {
        await using var fixture = await ClientFixture.StartAsync();
        var fault = new ScriptedFault
        {
            ErrorAfter = 2,
            Code = "rate_limit_exceeded",
            Message = "slow down",
        };
        fixture.Server.When("hello", ScriptedTurn.Say("a longer text") with { Fault = fault });
        var exception = await Should.ThrowAsync<ModelException>(() => fixture.AskAsync());
        exception.Failure.ShouldBe(ModelFailure.RateLimited);
        exception.Message.ShouldContain("slow down");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Silence_ends(int after)
    {
        await using var fixture = await ClientFixture.StartAsync(options =>
        {
            options.FirstByteSeconds = after == 0 ? 3 : 60;
            options.IdleSeconds = after == 0 ? 60 : 3;
            options.MaxAttempts = 2;
        });
        var fault = new ScriptedFault { HangAfter = after, Times = 0 };
        fixture.Server.When("hello", ScriptedTurn.Say("a longer text") with { Fault = fault });
        var exception = await Should.ThrowAsync<ModelException>(() => fixture.AskAsync());
        exception.Failure.ShouldBe(ModelFailure.Server);
        fixture.Server.ChatRequests.Count.ShouldBe(after == 0 ? 2 : 1);
    }

    [Fact]
    public async Task The_deadline_ends_a_stream_that_goes_on()
    {
        await using var fixture = await ClientFixture.StartAsync();
        fixture.Server.When("hello", ScriptedTurn.Say(new string('x', 9000)) with { DelayMs = 20 });
        var exception = await Should.ThrowAsync<ModelException>(() => fixture.AskAsync(TimeSpan.FromSeconds(0.5)));
        exception.Failure.ShouldBe(ModelFailure.OutOfTime);
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_fails_with_the_setting_to_look_at()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await using var fixture = await ClientFixture.StartAsync(options =>
        {
            options.BaseUrl = $"http://127.0.0.1:{port}/v1";
            options.MaxAttempts = 2;
        });
        var exception = await Should.ThrowAsync<ModelException>(() => fixture.AskAsync());
        exception.Failure.ShouldBe(ModelFailure.Server);
        exception.Message.ShouldContain("Upstream:BaseUrl");
    }

    [Fact]
    public async Task An_event_without_end_fails_the_turn()
    {
        // 1. A server whose only event never ends.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var sent = 0L;
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var serving = ServeAsync();

        // 2. It is left long before it has said 64 MiB.
        await using var fixture = await ClientFixture.StartAsync(options =>
        {
            options.BaseUrl = $"http://{listener.LocalEndpoint}/v1";
            options.MaxAttempts = 1;
        });
        var exception = await Should.ThrowAsync<ModelException>(() => fixture.AskAsync());
        exception.Message.ShouldContain("too large");
        await serving;
        sent.ShouldBeLessThan(64L << 20);

        async Task ServeAsync()
        {
            using var client = await listener.AcceptTcpClientAsync(stop.Token);
            var stream = client.GetStream();
            var start =
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"";
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(start), stop.Token);
            var text = System.Text.Encoding.ASCII.GetBytes(new string('a', 64 * 1024));
            try
            {
                for (; sent < 1L << 30; sent += text.Length)
                {
                    await stream.WriteAsync(text, stop.Token);
                }
            }
            catch (IOException)
            {
                // The client has left, as it should.
            }
        }
    }
}
