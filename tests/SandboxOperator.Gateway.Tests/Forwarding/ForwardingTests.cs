using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Forwarding;

public sealed class ForwardingTests
{
    [Fact]
    public async Task Without_an_upstream_the_error_names_the_setting()
    {
        await using var gateway = await TestGateway.StartAsync();
        var error = (await gateway.PostAsync("/v1/embeddings", """{"model":"m","input":"x"}""", 503))["error"]!;
        ((string)error["message"]!).ShouldContain("OPENAI_BASE_URL");
    }

    [Fact]
    public async Task A_request_reaches_the_upstream_with_its_key_and_its_name_of_the_model()
    {
        var target = "";
        var body = "";
        IHeaderDictionary? headers = null;
        await using var upstream = await UpstreamAsync(async context =>
        {
            body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            target = context.Request.Path + context.Request.QueryString;
            headers = new HeaderDictionary(context.Request.Headers.ToDictionary());
            context.Response.Headers["x-request-id"] = "theirs";
            context.Response.Headers.SetCookie = "a=b";
            context.Response.StatusCode = 429;
            await context.Response.WriteAsJsonAsync(new { error = new { message = "slow down" } });
        });
        await using var gateway = await StartAsync(upstream, "Upstream:Models:gpt-4o=qwen");

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions?a=b")
        {
            Content = new StringContent(
                """{"model":"gpt-4o","messages":[],"x":{"y":[1.50]}}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Add("Authorization", "Bearer mine");
        request.Headers.Add("Cookie", "secret=1");
        request.Headers.Add("X-Forwarded-For", "10.0.0.1");
        request.Headers.Add("X-Forwarded-User", "admin");
        request.Headers.Add("X-Real-IP", "10.0.0.1");
        using var response = await gateway.Client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await response.Content.ReadAsStringAsync()).ShouldContain("slow down");
        response.Headers.GetValues("x-request-id").Single().ShouldStartWith("req_");
        response.Headers.Contains("Set-Cookie").ShouldBeFalse();
        body.ShouldBe("""{"model":"qwen","messages":[],"x":{"y":[1.50]}}""");
        target.ShouldBe("/v1/chat/completions?a=b");
        headers!.Authorization.ToString().ShouldBe("Bearer theirs");
        headers.ContainsKey("Cookie").ShouldBeFalse();
        headers.Keys.ShouldNotContain(key => key.StartsWith("X-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_stream_arrives_as_it_is_written_and_a_caller_who_leaves_ends_it()
    {
        var next = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using var upstream = await UpstreamAsync(async context =>
        {
            context.RequestAborted.Register(() => aborted.TrySetResult());
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n");
            await context.Response.Body.FlushAsync();
            await next.Task;
            await context.Response.WriteAsync("data: 2\n\n");
            await context.Response.Body.FlushAsync();
            await aborted.Task;
        });
        await using var gateway = await StartAsync(upstream);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent("""{"model":"m","stream":true}""", Encoding.UTF8, "application/json"),
        };
        var response = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync()).ShouldBe("data: 1");
        next.SetResult();
        await reader.ReadLineAsync();
        (await reader.ReadLineAsync()).ShouldBe("data: 2");

        response.Dispose();

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("text/plain", "{\"model\":\"gpt-4o\"}")]
    [InlineData("application/x-www-form-urlencoded", "model=gpt-4o")]
    [InlineData(null, "{\"model\":\"gpt-4o\"}")]
    public async Task What_the_gateway_does_not_read_is_not_forwarded(string? type, string body)
    {
        var asked = false;
        await using var upstream = await UpstreamAsync(_ =>
        {
            asked = true;
            return Task.CompletedTask;
        });
        await using var gateway = await StartAsync(upstream);
        using var content = new StringContent(body);
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);

        var answer = await gateway.SendAsync(HttpMethod.Post, "/v1/chat/completions", content, 415);

        ((string?)answer["error"]!["code"]).ShouldBe("unsupported_content_type");
        asked.ShouldBeFalse();
    }

    [Fact]
    public async Task A_compressed_body_is_not_forwarded()
    {
        await using var upstream = await UpstreamAsync(_ => Task.CompletedTask);
        await using var gateway = await StartAsync(upstream);
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        content.Headers.ContentEncoding.Add("gzip");
        await gateway.SendAsync(HttpMethod.Post, "/v1/chat/completions", content, 415);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_form_names_the_model_as_the_upstream_does(bool modelFirst)
    {
        var (model, prompt, file, name, type) = ("", "", Array.Empty<byte>(), "", "");
        await using var upstream = await UpstreamAsync(async context =>
        {
            var form = await context.Request.ReadFormAsync();
            (model, prompt) = (form["model"].ToString(), form["prompt"].ToString());
            (name, type) = (form.Files[0].FileName, form.Files[0].ContentType);
            using var bytes = new MemoryStream();
            await form.Files[0].CopyToAsync(bytes);
            file = bytes.ToArray();
            await context.Response.WriteAsJsonAsync(new { text = "heard" });
        });
        await using var gateway = await StartAsync(upstream, "Upstream:Models:whisper-1=local-whisper");
        var sound = new byte[300_000];
        Random.Shared.NextBytes(sound);
        var part = new ByteArrayContent(sound);
        part.Headers.ContentType = new MediaTypeHeaderValue("audio/mpeg");
        using var form = new MultipartFormDataContent("-a b'");
        if (modelFirst)
        {
            form.Add(new StringContent("whisper-1"), "model");
        }
        form.Add(part, "file", "größer.mp3");
        form.Add(new StringContent("--x\r\n"), "prompt");
        if (!modelFirst)
        {
            form.Add(new StringContent("whisper-1"), "\"model\"");
        }

        await gateway.SendAsync(HttpMethod.Post, "/v1/audio/transcriptions", form, 200);

        (model, prompt).ShouldBe(("local-whisper", "--x\r\n"));
        (name, type).ShouldBe(("größer.mp3", "audio/mpeg"));
        file.ShouldBe(sound);
    }

    [Fact]
    public async Task A_form_with_a_model_that_is_not_there_is_refused()
    {
        await using var upstream = await UpstreamAsync(async context =>
        {
            await context.Request.ReadFormAsync();
            await context.Response.WriteAsJsonAsync(new { });
        });
        await using var gateway = await StartAsync(upstream);
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(new byte[100_000]), "file", "a.mp3" },
            { new StringContent("builtin/python"), "model" },
        };
        var answer = await gateway.SendAsync(HttpMethod.Post, "/v1/audio/transcriptions", form, 400);
        ((string?)answer["error"]!["param"]).ShouldBe("model");
    }

    [Fact]
    public async Task What_a_form_says_beside_the_model_passes_whatever_its_size()
    {
        var length = 0L;
        await using var upstream = await UpstreamAsync(async context =>
        {
            var form = await context.Request.ReadFormAsync();
            length = form.Files.Single().Length;
            await context.Response.WriteAsJsonAsync(new { text = form["model"].ToString() });
        });
        await using var gateway = await StartAsync(upstream);
        using var form = new MultipartFormDataContent
        {
            { new StringContent("whisper-1"), "model" },
            { new ByteArrayContent(new byte[3_000_000]), "file", "a.mp3" },
        };
        var answer = await gateway.SendAsync(HttpMethod.Post, "/v1/audio/transcriptions", form, 200);
        ((string?)answer["text"]).ShouldBe("whisper-1");
        length.ShouldBe(3_000_000);
    }

    [Theory]
    [InlineData("/v1/fine_tuning/jobs")]
    [InlineData("/v1/chat/completions/../models")]
    [InlineData("/v1/images/generations/x")]
    public async Task Nothing_else_is_forwarded(string path)
    {
        var asked = false;
        await using var upstream = await UpstreamAsync(context =>
        {
            asked |= context.Request.Path != "/v1/models";
            return Task.CompletedTask;
        });
        await using var gateway = await StartAsync(upstream);
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await gateway.Client.PostAsync(path, content);
        ((int)response.StatusCode).ShouldBeOneOf(404, 405);
        asked.ShouldBeFalse();
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_is_said_to_be()
    {
        await using var gateway = await TestGateway.StartAsync(null, null, "Upstream:BaseUrl=http://127.0.0.1:1/v1");
        var error = (await gateway.PostAsync("/v1/moderations", """{"input":"x"}""", 502))["error"]!;
        ((string?)error["code"]).ShouldBe("upstream_unreachable");
    }

    [Fact]
    public async Task The_upstream_s_password_is_shown_to_nobody()
    {
        var log = new LogCapture();
        await using var gateway = await TestGateway.StartAsync(
            null,
            builder => builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace),
            "Upstream:BaseUrl=http://user:pass%77ord@127.0.0.1:1/v1/?token=pass%77ord",
            "Logging:LogLevel:Default=Trace",
            "Logging:LogLevel:Yarp=Trace"
        );

        var error = (await gateway.PostAsync("/v1/moderations", """{"input":"x"}""", 502))["error"]!;
        using var answer = await gateway.Client.GetAsync("/readyz?verbose");
        var ready = await answer.Content.ReadAsStringAsync();

        ((string?)error["message"])!.ShouldContain("http://127.0.0.1:1/v1 could not be asked");
        ready.ShouldContain("http://127.0.0.1:1/v1\n");
        log.Lines.ShouldContain(line => line.Contains("127.0.0.1:1/v1", StringComparison.Ordinal));
        log.Lines.ShouldNotContain(line =>
            line.Contains("pass%77ord", StringComparison.Ordinal) || line.Contains("password", StringComparison.Ordinal)
        );
    }

    private static Task<TestGateway> StartAsync(WebApplication upstream, params string[] settings) =>
        TestGateway.StartAsync(
            null,
            null,
            [$"Upstream:BaseUrl={upstream.Urls.First()}/v1/", "Upstream:ApiKey=theirs", .. settings]
        );

    private static async Task<WebApplication> UpstreamAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context =>
            context.Request.Path == "/v1/models"
                ? context.Response.WriteAsJsonAsync(new { data = Array.Empty<JsonObject>() })
                : answer(context)
        );
        await app.StartAsync();
        return app;
    }
}
