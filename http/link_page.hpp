#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "http/link_press.hpp"
#include "http/server/response.hpp"

/// The page behind a signed link: HTML that needs no script, no other file and no other host.
namespace gochron::http {

/// A button that posts to another link, beside this one.
struct link_button {
  core::link_verb verb = core::link_verb::acknowledge;
  std::string token;
};

/// What can be done, with the button that does it, or what has become of it; of a link for reading what has happened,
/// with `buttons`.
std::string link_page(const link_state& x, const std::vector<link_button>& buttons = {});

/// A headline and a sentence.
std::string message_page(std::string_view headline, std::string_view sentence);

/// Of everything that is answered under a link: kept by nobody, found by no search engine, framed by no page, and
/// nobody is told where its reader came from.
std::vector<header> link_headers();

} // namespace gochron::http
