using System.Globalization;
using SandboxOperator.Controller.Hosting;
using Shouldly;

namespace SandboxOperator.Controller.Tests.Hosting;

public sealed class SharedTextsTests
{
    private readonly SharedTexts _shared = new();

    [Fact]
    public void Equal_texts_become_one()
    {
        var first = _shared.Of(Fresh("Code can run."));

        _shared.Of(Fresh("Code can run.")).ShouldBeSameAs(first);
        _shared.Of(null).ShouldBeNull();
    }

    [Fact]
    public void Texts_of_others_are_neither_changed_nor_kept_without_bound()
    {
        var first = _shared.Of(Fresh("first"));
        for (var number = 0; number < 5000; number++)
        {
            var text = number.ToString(CultureInfo.InvariantCulture);
            _shared.Of(text).ShouldBe(text);
        }

        _shared.Of(Fresh("first")).ShouldNotBeSameAs(first);
        var large = new string('x', 100_000);
        _shared.Of(large);
        _shared.Of(Fresh(large)).ShouldNotBeSameAs(large);
    }

    private static string Fresh(string text) => new(text.AsSpan());
}
