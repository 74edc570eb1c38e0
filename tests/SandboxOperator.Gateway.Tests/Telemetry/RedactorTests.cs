using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Gateway.Telemetry;

namespace SandboxOperator.Gateway.Tests.Telemetry;

public sealed class RedactorTests
{
    [Theory]
    [InlineData("key sk-abcdefghijklmnop123 end", "key [redacted] end")]
    [InlineData("ghp_abcdefghijklmnopqrstuv", "[redacted]")]
    [InlineData("AKIAIOSFODNN7EXAMPLE!", "[redacted]!")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "[redacted]")]
    [InlineData("Authorization: Bearer abcdefghijklmnop", "Authorization: [redacted]")]
    [InlineData("postgres://me:hidden@host/db", "postgres[redacted]host/db")]
    [InlineData("password = 'correct-horse'", "[redacted]")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nx", "[redacted]\nx")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIE", "[redacted]")]
    [InlineData("tokens = tokenizer.encode(text)  # task-abcdefghijklmnopqrst", null)]
    [InlineData("df.groupby('month')['sales'].sum().plot()", null)]
    [InlineData("thread_abcdefghijklmnopqrstuvwx call_0123456789abcdef file-abcdefghijklmnop", null)]
    public void Known_forms_of_secrets_are_blotted_and_nothing_else(string text, string? expected) =>
        Redactor().Apply(text).ShouldBe(expected ?? text);

    [Fact]
    public void Json_stays_json_and_escapes_hide_nothing()
    {
        var redactor = Redactor("""say "\w+" twice""", "a\nb");
        var json = new JsonObject
        {
            ["text"] = "say \"friend\" twice",
            ["lines"] = new JsonArray("a\nb", 1, null),
            ["arguments"] = new JsonObject { ["code"] = "key = 'sk-abcdefghijklmnop123'" }.ToJsonString(),
        };

        var clean = JsonNode.Parse(redactor.ApplyToJson(json.ToJsonString()))!;

        ((string?)clean["text"]).ShouldBe("[redacted]");
        clean["lines"]!.ToJsonString().ShouldBe("""["[redacted]",1,null]""");
        ((string?)JsonNode.Parse((string)clean["arguments"]!)!["code"]).ShouldBe("key = '[redacted]'");
    }

    [Theory]
    [InlineData("""{"password": "hunter2hunter2", "user": "me"}""", """{"password":"[redacted]","user":"me"}""")]
    [InlineData("""[{"api_key":"abcd1234efgh"}]""", """[{"api_key":"[redacted]"}]""")]
    [InlineData("""{"code":"password = \"correct-horse\""}""", """{"code":"[redacted]"}""")]
    [InlineData("""{"code":"x = 1\nghp_abcdefghijklmnopqrstuv"}""", """{"code":"x = 1\n[redacted]"}""")]
    [InlineData("""{"code":"x = 1\nghp_abcdefghijklmnopqrstuv""", "{\"code\":\"x = 1\n[redacted]")]
    [InlineData("""{"code":"\u0073k-abcdefghijklmnop123""", "{\"code\":\"[redacted]")]
    public void Names_tell_secrets_and_escapes_hide_none(string text, string expected) =>
        Redactor().ApplyToJson(text).ShouldBe(expected);

    [Fact]
    public void Arguments_of_calls_are_searched_as_what_they_mean()
    {
        var content = new ContentCapture(
            Microsoft.Extensions.Options.Options.Create(new TelemetryOptions { CaptureContent = true }),
            Redactor()
        );

        content.TakeJson("""{"code":"password = \"correct-horse\""}""").ShouldBe("""{"code":"[redacted]"}""");
        content.TakeJson($$"""{"code":"{{new string('x', 2 << 20)}}"}""").ShouldBe("… [cut]");
        content.TakeJson("").ShouldBeNull();
    }

    [Fact]
    public void Texts_of_one_search_share_its_time()
    {
        var time = new FakeTimeProvider();
        var search = new Redactor(
            Microsoft.Extensions.Options.Options.Create(new RedactionOptions { TimeoutMilliseconds = 1000 }),
            time
        ).Begin();
        search.Apply("plain").ShouldBe("plain");

        time.Advance(TimeSpan.FromSeconds(2));

        search.ApplyToJson("""["one","two"]""").ShouldNotContain("one");
    }

    [Theory]
    [InlineData("""{"a":"ü < & é","n":1.50}""")]
    [InlineData("[not json")]
    [InlineData("{}")]
    public void What_holds_no_secret_stays_to_the_byte(string text) => Redactor().ApplyToJson(text).ShouldBe(text);

    [Fact]
    public void A_pattern_that_takes_too_long_blots_the_whole_text() =>
        // Looking back keeps it from the engine that is always quick.
        new Redactor(
            Microsoft.Extensions.Options.Options.Create(
                new RedactionOptions
                {
                    Defaults = false,
                    Patterns = ["(?<=x)(a+)+$"],
                    TimeoutMilliseconds = 50,
                }
            ),
            TimeProvider.System
        )
            .Apply("x" + new string('a', 5_000) + "!")
            .ShouldBe("[redacted: a pattern took too long to search this text]");

    [Fact]
    public void Long_texts_are_cut_after_secrets_are_gone()
    {
        var content = new ContentCapture(
            Microsoft.Extensions.Options.Options.Create(
                new TelemetryOptions { CaptureContent = true, MaxContentChars = 100 }
            ),
            Redactor()
        );

        content
            .Take(new string('a', 90) + "\nsk-abcdefghijklmnop123")
            .ShouldBe(new string('a', 90) + "\n[redacted… [cut]");
        content.Take(new string('b', 100)).ShouldBe(new string('b', 100));
        content.Take(new string('c', 100_000)).ShouldBe(new string('c', 100) + "… [cut]");
        content.Take(null).ShouldBeNull();
        content.Take("").ShouldBeNull();
    }

    [Fact]
    public void A_secret_that_is_cut_through_before_the_search_does_not_show()
    {
        var content = new ContentCapture(
            Microsoft.Extensions.Options.Options.Create(
                new TelemetryOptions { CaptureContent = true, MaxContentChars = 3000 }
            ),
            Redactor()
        );
        // All before the seam shrinks to little, so that what stands at the seam would fit.
        var key = "sk-" + new string('k', content.MostRaw - 10);

        content.Take(key + " sk-abcdefghijklmnop123").ShouldNotBeNull().ShouldNotContain("sk-");
    }

    private static Redactor Redactor(params string[] patterns) =>
        new(
            Microsoft.Extensions.Options.Options.Create(
                new RedactionOptions { Patterns = [.. patterns], TimeoutMilliseconds = 30_000 }
            ),
            TimeProvider.System
        );
}
