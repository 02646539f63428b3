// Boost.Asio and Boost.Beast are compiled once, here; every other unit sees declarations only.
#include <utility>

#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
