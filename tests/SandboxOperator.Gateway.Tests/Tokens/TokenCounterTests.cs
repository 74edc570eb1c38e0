using SandboxOperator.Gateway.Tokens;
using Shouldly;
using Xunit;

namespace SandboxOperator.Gateway.Tests.Tokens;

public sealed class TokenCounterTests
{
    private readonly TokenCounter _counter = new();

    [Fact]
    public void Short_texts_are_counted()
    {
        _counter.Count("").ShouldBe(0);
        _counter.Count("hello world").ShouldBe(2);
    }

    [Fact]
    public void Long_texts_are_estimated_well_enough()
    {
        var text = string.Join(' ', Enumerable.Range(0, 20_000));
        var exact = Enumerable.Range(0, 20_000).Chunk(100).Sum(chunk => _counter.Count(" " + string.Join(' ', chunk)));
        ((double)_counter.Count(text) / exact).ShouldBeInRange(0.8, 1.2);
        _counter.Count(text).ShouldBe(_counter.Count(text));
    }

    [Fact]
    public void Reports_correct_the_counts_of_their_model()
    {
        _counter.Correct("m", 100).ShouldBe(100);
        for (var i = 0; i < 20; i++)
        {
            _counter.Learn("m", 1000, 1500);
        }
        _counter.Correct("m", 100).ShouldBeInRange(149, 151);
        _counter.Correct("other", 100).ShouldBe(100);
        _counter.Learn("m", 0, 5);
        _counter.Learn("wild", 1, 1_000_000);
        _counter.Correct("wild", 100).ShouldBe(400);
    }
}
